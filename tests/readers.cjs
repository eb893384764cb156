// Reads an exported file with a library of JavaScript and prints as JSON what it found.
//   node readers.cjs READER FILE...
// Exit code 3: the library is not at hand.
const fs = require("fs");
const url = require("url");
const vm = require("vm");

function wanted(name) {
  try {
    return require(name);
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    console.error(`npm package ${name} is not installed`);
    process.exit(3);
  }
}

function resolved(name) {
  try {
    return require.resolve(name);
  } catch {
    wanted(name);
  }
}

const text = (file) => fs.readFileSync(file, "utf8");

function graphology(library, options) {
  return (file) => {
    const Graph = wanted("graphology");
    const graph = wanted(library).parse(Graph, text(file), options);
    return {
      type: graph.type,
      nodes: Object.fromEntries(graph.mapNodes((node, attributes) => [node, attributes])),
      edges: graph.mapEdges((edge, attributes, source, target) => [source, target, attributes]),
    };
  };
}

function cytoscape(file) {
  const elements = JSON.parse(text(file)).elements;
  const cy = wanted("cytoscape")({ headless: true, layout: { name: "preset" }, elements });
  return {
    nodes: cy.nodes().map((node) => node.data()),
    edges: cy.edges().map((edge) => edge.data()),
    places: Object.fromEntries(cy.nodes().map((node) => [node.id(), node.position()])),
  };
}

// VOSviewer Online reads files in a worker, whose code its package carries as a string.
function vosviewer(type, options) {
  const map = JSON.parse(text(require.resolve("vosviewer-online/index.js.map")));
  const module = map.sourcesContent[map.sources.findIndex((name) => name.endsWith("worker.js"))];
  const [literal] = module.match(/"(?:[^"\\]|\\.){10000,}"/);
  return new Promise((resolve) => {
    let receive;
    class FileReader {
      readAsText(blob) {
        blob.text().then((result) => {
          this.result = result;
          this.onload({ target: this });
        });
      }
    }
    const self = {
      File,
      addEventListener: (name, listener) => { receive = listener; },
      postMessage: ({ type: kind, data }) => { if (kind.startsWith("end parse")) resolve(data); },
    };
    const ignored = () => {};
    vm.runInNewContext(JSON.parse(literal), {
      self, File, FileReader, setTimeout, addEventListener: ignored, postMessage: ignored,
    });
    receive({ data: { type, options } });
  });
}

const file = (name) => new File([fs.readFileSync(name)], name);

function citation(name) {
  const { Cite } = wanted("@citation-js/core");
  wanted("@citation-js/plugin-ris");
  wanted("@citation-js/plugin-bibtex");
  return new Cite(text(name)).format("data", { format: "object" });
}

const readers = {
  gexf: graphology("graphology-gexf", { allowUndeclaredAttributes: true }),
  graphml: graphology("graphology-graphml"),
  cyjs: cytoscape,
  vosviewer: (json) => {
    wanted("vosviewer-online/package.json");
    return vosviewer("start parse vosviewer-json data", { jsonFileOrUrlOrObject: file(json) });
  },
  "vosviewer-map": (map, network) => {
    wanted("vosviewer-online/package.json");
    return vosviewer("start parse vosviewer-map-network data", {
      mapFileOrUrl: file(map), networkFileOrUrl: network && file(network),
    });
  },
  // Better BibTeX's parser is an ES module, whatever its package says of its other form.
  "better-bibtex": async (name) => {
    const found = resolved("@retorquere/bibtex-parser");
    const { parse } = await import(url.pathToFileURL(found.replace("cjs", "esm")));
    const { entries } = parse(text(name));
    return Object.fromEntries(entries.map(({ key, fields }) => [key, fields]));
  },
  "biblatex-csl": async (name) => {
    const found = await import(url.pathToFileURL(resolved("biblatex-csl-converter")));
    const { BibLatexParser, CSLExporter } = found.default || found;
    const { entries } = new BibLatexParser(text(name), { processUnknown: true }).parse();
    const items = new CSLExporter(entries).parse();
    return Object.fromEntries(
      Object.entries(items).map(([number, item]) => [entries[number].entry_key, item])
    );
  },
  citation,
  // The entries of a bibliography by style and identifier, as citeproc-js prints them.
  printed: (name, locale, ...styles) => {
    const CSL = wanted("citeproc");
    const found = name.endsWith(".json") ? JSON.parse(text(name)) : citation(name);
    const items = Object.fromEntries(found.map((item) => [item.id, item]));
    const system = { retrieveLocale: () => text(locale), retrieveItem: (id) => items[id] };
    return Object.fromEntries(styles.map((style) => {
      const engine = new CSL.Engine(system, text(style));
      engine.updateItems(Object.keys(items));
      const [{ entry_ids: ids }, entries] = engine.makeBibliography();
      return [style, Object.fromEntries(ids.map(([id], place) => [id, entries[place]]))];
    }));
  },
};

Promise.resolve(readers[process.argv[2]](...process.argv.slice(3))).then((found) =>
  process.stdout.write(JSON.stringify(found))
);
