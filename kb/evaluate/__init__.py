"""How right the base is: each module measures one thing against known answers."""
