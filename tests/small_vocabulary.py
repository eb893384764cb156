"""A small vocabulary with every kind of rule, for tests of tagging."""

from __future__ import annotations

HEAD = """
schemes:
  A: {label: Imaging, description: Pictures, role: test}
  D: {label: Tasks, description: What for, role: task}
  F: {label: Disease, description: Tumours}
descriptors:
  D009447: Neuroblastoma
  D019797: 3-Iodobenzylguanidine
  D011877: Radionuclide Imaging
  D000069283: Rituximab
  D053578: Opsoclonus-Myoclonus Syndrome
  D900001: Radionuclide Imaging, Swift
  D900002: Namesake Neuroblastoma
mesh_year: 2024
trees:
  D011877: [E01.100]
  D900001: [E01.100.050.010]
  D009447: [C04.200]
  D900002: [C04.200.300]
sets:
  mibg: [MIBG, meta-iodobenzylguanidine]
  imaging: [scan*, MRI]
  class: [Evans, INRG]
words: {scores: [Curie], stages: [INSS, <class> class]}
topics:
"""
TOPICS = """
  modality: {scheme: A, label: Modality, definition: x}
  nuclear: {scheme: A, label: Nuclear, definition: x, broader: modality}
  mibg-scan:
    scheme: A
    label: MIBG scan
    definition: x
    broader: nuclear
    mesh: [D019797 + D011877]
    synonyms: [<mibg> scan]
  mibg-123:
    scheme: A
    label: 123I-MIBG
    definition: x
    broader: mibg-scan
    synonyms: [123I-<mibg>]
  bone-scan: {scheme: A, label: Bone scan, definition: x, synonyms: [99mTc-MDP]}
  pet: {scheme: A, label: PET, definition: x, abbreviations: [PET: {needs: [<imaging>, tracer]}]}
  pet-ct: {scheme: A, label: PET/CT, definition: x, abbreviations: [PET/CT]}
  ct:
    scheme: A
    label: CT
    definition: x
    abbreviations: [CT]
    synonyms: [CT scan]
    except: [PET/CT]
  us: {scheme: A, label: US, definition: x, abbreviations: [US: {near: [abdominal, scan*]}]}
  idrf:
    scheme: A
    label: IDRF
    definition: x
    abbreviations: [IDRF]
    synonyms: [image-defined risk factor, risk factor]
  ms:
    scheme: F
    label: MS
    definition: x
    abbreviations: [MS: {needs: [INRG + stag*], unless: [sclerosis - INRGSS]}]
  rituximab: {scheme: F, label: Rituximab, definition: x, mesh: [D000069283], needs: [opsoclon*]}
  neuroblastoma:
    scheme: F
    label: Neuroblastoma
    definition: x
    mesh: [D009447]
    synonyms: [neuroblastoma, neuroblastic tumour]
    except: [olfactory neuroblastoma]
  bleed: {scheme: F, label: Bleeding, definition: x, synonyms: [adrenal haemorrhage, metastasis]}
  namesake: {scheme: F, label: Namesake, definition: x, mesh: [D900002]}
  quake: {scheme: F, label: Quakes, definition: x, synonyms: [quake], sign: true}
  drug:
    scheme: F
    label: Drug
    definition: x
    broader: quake
    synonyms: [quakamab]
    needs: [quake*]
  tasks: {scheme: D, label: Tasks, definition: x, group: true}
  finding: {scheme: D, label: Finding, definition: x, broader: tasks, question: diagnosis}
  costs: {scheme: D, label: Costs, definition: x, broader: tasks, question: none}
"""
