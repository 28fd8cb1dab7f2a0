import Foundation

/// What the page is served as: few files, each under a name that changes with what is in it.
///
/// Made when the server starts from the files of `Web/`, which stay what people write and read. A file whose name
/// tells its contents never changes, so browsers keep it without asking again.
struct PageAssets: Sendable {
    /// The folder of the address space in which they lie.
    static let folder = "assets/"
    /// The module that the page begins with.
    static let entry = "shell/app.js"

    struct Asset: Sendable {
        /// Below the page's own address: `assets/app.3f9a….js`.
        let path: String
        let contents: Data
    }

    let assets: [Asset]
    /// What other sites' pages load, at the addresses of the files in `Web/`.
    let outer: [Asset]
    /// The page at `/`, which names them.
    let index: Data
    /// Served names of stylesheets and other files that are no modules, by their paths in `Web/`. The page's own
    /// stylesheets all have the name of what they were joined into.
    let names: [String: String]
    /// What is loaded with the page itself.
    let firstFiles: [String]

    /// - Parameter files: paths in `Web/` with their bytes, `index.html` among them.
    /// - Throws: ``ModuleFault`` for the first thing that the page does not keep to.
    init(_ files: [String: [UInt8]]) throws(ModuleFault) {
        guard let page = files["index.html"] else { throw ModuleFault("index.html", "is not there") }
        let markup = try PageMarkup(String(decoding: page, as: UTF8.self), in: "index.html") {
            files[$0] != nil
        }
        var assets: [Asset] = []
        var names: [String: String] = [:]
        let joined = markup.references.filter { $0.role == .stylesheet }.map(\.path)
        guard !joined.isEmpty else { throw ModuleFault("index.html", "names no stylesheet") }
        func add(_ contents: Data, as path: String) -> String {
            let name = Self.name(of: path, contents)
            assets.append(Asset(path: name, contents: contents))
            return name
        }
        let style = add(Self.firstStyle(joined, files), as: "app.css")
        for path in joined { names[path] = style }
        // Modules are joined; a script that the page names as no module stays by itself.
        let scripts = Set(markup.references.filter { $0.role == .other }.map(\.path))
        for path in files.keys.sorted() where names[path] == nil && !path.hasSuffix(".html") {
            if path.hasSuffix(".js"), !scripts.contains(path) { continue }
            names[path] = add(Data(try Self.packed(files[path] ?? [], path)), as: path)
        }
        var modules: [String: PageModule] = [:]
        for path in files.keys.sorted() where path.hasSuffix(".js") && !scripts.contains(path) {
            modules[path] = try PageModule(path: path, bytes: files[path] ?? [])
        }
        let bundles = try ModuleBundles(ModuleGraph(modules, entry: Self.entry), references: names)
        for file in bundles.files {
            assets.append(Asset(path: Self.folder + file.name, contents: file.text))
        }
        guard let first = bundles.files.first, markup.references.contains(where: { $0.path == Self.entry })
        else {
            throw ModuleFault("index.html", "does not name \(Self.entry)")
        }
        let script = Self.folder + first.name
        index = Data(markup.rewritten(stylesheet: style, script: script, names: names).utf8)
        firstFiles = [style, script] + scripts.sorted().compactMap { names[$0] }
        outer = bundles.outer.map { Asset(path: $0.path, contents: $0.text) }
        self.assets = assets
        self.names = names
    }

    /// The stylesheets of these paths, joined, with what never changes written out.
    private static func firstStyle(_ joined: [String], _ files: [String: [UInt8]]) -> Data {
        let style = String(decoding: joined.flatMap { StyleText.packed(files[$0] ?? []) }, as: UTF8.self)
        let others = files.filter { !joined.contains($0.key) }.map { path, bytes in
            String(decoding: path.hasSuffix(".css") ? StyleText.packed(bytes) : bytes, as: UTF8.self)
        }
        return Data(StyleConstants(of: style, others: others).writtenOut(in: style).utf8)
    }

    /// What is served of a file that is not joined with others.
    private static func packed(_ bytes: [UInt8], _ path: String) throws(ModuleFault) -> [UInt8] {
        if path.hasSuffix(".css") { return StyleText.packed(bytes) }
        return path.hasSuffix(".js") ? try PageModule(path: path, bytes: bytes).packed : bytes
    }

    /// `assets/trace.3f9a….css` for `ask/trace.css`.
    private static func name(of path: String, _ contents: Data) -> String {
        let file = path.split(separator: "/").last ?? ""
        let parts = file.split(separator: ".", maxSplits: 1)
        return "\(folder)\(parts.first ?? "").\(ContentHash.of([contents])).\(parts.last ?? "")"
    }
}
