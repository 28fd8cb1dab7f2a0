import Foundation

/// The page's modules, joined: one file for what it needs at once, one for each part that is loaded when it is asked for.
///
/// A module becomes a block that ends by putting its exports into a variable, and begins by taking what it
/// imports out of others'. So its names stay its own, whatever the other modules of its file use. Comments and
/// white space that separates nothing are left out; the words are as they were written.
struct ModuleBundles: Sendable {
    /// File names with their contents; the first is the page's own.
    let files: [(name: String, text: Data)]
    /// What other sites' pages load, each by its path in `Web/` and with all that it needs.
    let outer: [(path: String, text: Data)]

    /// - Parameters:
    ///   - references: what a text in a module becomes that is the path of a file: `ask/trace.css`.
    /// - Throws: ``ModuleFault`` when two parts that are loaded together export one name.
    init(_ graph: ModuleGraph, references: [String: String]) throws(ModuleFault) {
        var plain: [Data] = []
        for group in graph.groups.indices {
            plain.append(try BundleText(graph, references, group: group) { "\($0).js" }.data)
        }
        // The page's own file names its parts and they name it, so that no file's name can be made of its text as
        // it will be. One version stands for all of them.
        let version = ContentHash.of(plain)
        func name(_ group: String) -> String { "\(group).\(version).js" }
        var files: [(name: String, text: Data)] = []
        for (index, group) in graph.groups.enumerated() {
            let text = try BundleText(graph, references, group: index, name: name)
            files.append((name(group.name), text.data))
        }
        self.files = files
        outer = graph.outer.map { ($0.name, BundleText(graph, whole: $0).data) }
    }
}

/// The text of one file of modules.
private struct BundleText {
    private let graph: ModuleGraph
    private let references: [String: String]
    private let name: (String) -> String
    private var bytes: [UInt8] = []

    var data: Data { Data(bytes) }

    /// Tells a browser that most of the page's own functions are called as it begins: those that know this comment
    /// (V8's explicit compile hints) compile them beside the page's thread, and not on it one by one.
    private static let allCompiled = "//# allFunctionsCalledOnLoad\n"

    /// All that a module needs, and its exports: it may be loaded from anywhere, so it refers to nothing beside it.
    init(_ graph: ModuleGraph, whole group: ModuleGraph.Group) {
        self.graph = graph
        references = [:]
        name = { $0 }
        for module in group.modules.compactMap({ graph.modules[$0] }) { write(module) }
        if let last = group.modules.last { writeNames(of: last) }
    }

    init(
        _ graph: ModuleGraph, _ references: [String: String], group index: Int,
        name: @escaping (String) -> String
    ) throws(ModuleFault) {
        self.graph = graph
        self.references = references
        self.name = name
        let group = graph.groups[index]
        let own = Set(group.modules)
        if index == 0 { write(Self.allCompiled) }
        // What comes from other files.
        var taken: [Int: [String]] = [:]
        for module in group.modules {
            for path in Set(graph.modules[module]?.imports.map(\.path) ?? []).subtracting(own) {
                if let from = graph.group(of: path), taken[from]?.contains(path) != true {
                    taken[from, default: []].append(path)
                }
            }
        }
        for (from, paths) in taken.sorted(by: { $0.key < $1.key }) {
            let variables = paths.sorted().map(ModuleGraph.variable).joined(separator: ",")
            write("import {\(variables)} from \"./\(name(graph.groups[from].name))\";\n")
        }
        for module in group.modules {
            if let module = graph.modules[module] { write(module) }
        }
        try writeExports(of: group, own)
    }

    private mutating func write(_ text: String) { bytes += text.utf8 }

    private mutating func write(_ module: PageModule) {
        let variable = ModuleGraph.variable(module.path)
        write("let \(variable);{")
        for imported in module.imports {
            write(
                "const{\(imported.names.joined(separator: ","))}=\(ModuleGraph.variable(imported.path));")
        }
        let left = Set(module.imports.flatMap(\.tokens)).union(module.exportTokens)
        let lazy = Dictionary(
            module.lazyImports.map { ($0.token, $0.path) }, uniquingKeysWith: { first, _ in first })
        // A word `export` leaves the white space before it to the next.
        var gap = ScriptToken.Gap.none
        var previous: Int?
        for (index, token) in module.tokens.enumerated() {
            if gap != .newline, token.gap != .none { gap = token.gap }
            guard !left.contains(index) else { continue }
            write(module.spacing(after: previous, before: index, gap: gap))
            gap = .none
            previous = index
            if let path = lazy[index], let group = graph.group(of: path) {
                write("\"./\(name(graph.groups[group].name))\"")
            } else if let path = module.string(index), let reference = references[path] {
                write("\"\(reference)\"")
            } else {
                bytes += module.bytes[token.range]
            }
        }
        write("\n\(variable)={\(module.exports.joined(separator: ","))};}\n")
    }

    /// Whole modules for the other files, and by its names what `import()` asks for.
    private mutating func writeExports(of group: ModuleGraph.Group, _ own: Set<String>) throws(ModuleFault) {
        let others = graph.modules.values.filter { !own.contains($0.path) }
        let wanted = own.intersection(others.flatMap { $0.imports.map(\.path) })
        if !wanted.isEmpty {
            write("export {\(wanted.sorted().map(ModuleGraph.variable).joined(separator: ","))};\n")
        }
        let entries = own.intersection(graph.modules.values.flatMap { $0.lazyImports.map(\.path) })
        var names: Set<String> = []
        for entry in entries.sorted() {
            let exports = graph.modules[entry]?.exports ?? []
            if let twice = exports.first(where: { !names.insert($0).inserted }) {
                throw ModuleFault(entry, "exports “\(twice)”, as another part does that is loaded with it")
            }
            writeNames(of: entry)
        }
    }

    private mutating func writeNames(of module: String) {
        guard let exports = graph.modules[module]?.exports, !exports.isEmpty else { return }
        write("export const {\(exports.joined(separator: ","))}=\(ModuleGraph.variable(module));\n")
    }
}
