/// Which modules belong together: what the page needs at once, and what each of its parts needs when it is asked for.
struct ModuleGraph: Sendable {
    /// Modules that are loaded together.
    struct Group: Sendable, Hashable {
        /// Of the file that is made of it, without its ending.
        var name: String
        /// Paths; what a module imports from its own group comes before it.
        var modules: [String]
    }

    let modules: [String: PageModule]
    /// The first group is the page's own; a group comes after those that it imports from.
    let groups: [Group]
    /// What other sites' pages load: each module of ``outerFolder`` that no other imports, with all that it needs; its
    /// path is the name.
    let outer: [Group]

    /// Where the modules lie that other sites' pages load.
    static let outerFolder = "embed/"

    /// - Parameters:
    ///   - modules: by their paths.
    ///   - entry: the path of the module that the page begins with.
    /// - Throws: ``ModuleFault`` for a module or name that is not there, a circle, or a name that two have.
    init(_ modules: [String: PageModule], entry: String) throws(ModuleFault) {
        self.modules = modules
        guard modules[entry] != nil else { throw ModuleFault(entry, "is not there; the page begins with it") }
        let first = try Self.closure(of: entry, modules)
        let entries = try Self.lazyEntries(from: first, modules)
        var owners: [String: Set<String>] = [:]
        // Every module in an order in which each comes after those that it imports.
        var order: [String] = []
        for lazy in entries {
            for path in try Self.closure(of: lazy, modules) where !first.contains(path) {
                if owners[path] == nil { order.append(path) }
                owners[path, default: []].insert(lazy)
            }
        }
        var shared: [(owners: Set<String>, modules: [String])] = []
        for path in order {
            let needed = owners[path] ?? []
            if let place = shared.firstIndex(where: { $0.owners == needed }) {
                shared[place].modules.append(path)
            } else {
                shared.append((needed, [path]))
            }
        }
        // What more parts need is imported by what fewer need, never the other way round.
        shared.sort { $0.owners.count > $1.owners.count }
        var groups = [Group(name: Self.name(of: entry), modules: first)]
        for group in shared {
            let top =
                group.modules.last(where: { entries.contains($0) }) ?? group.modules[group.modules.count - 1]
            groups.append(Group(name: Self.name(of: top), modules: group.modules))
        }
        self.groups = groups
        let imported = Set(
            modules.values.flatMap { module in
                let isOuter = module.path.hasPrefix(Self.outerFolder)
                return module.imports.map(\.path) + (isOuter ? [] : module.lazyImports.map(\.path))
            })
        var outer: [Group] = []
        for path in modules.keys.sorted() where path.hasPrefix(Self.outerFolder) && !imported.contains(path) {
            let group = Group(name: path, modules: try Self.closure(of: path, modules))
            for member in group.modules {
                // One of its own kind lies beside it under its own name, and may be loaded when it is needed.
                let isLoose = { (lazy: PageModule.LazyImport) in
                    member == path && lazy.path.hasPrefix(Self.outerFolder) && !imported.contains(lazy.path)
                        && modules[lazy.path] != nil
                }
                if let lazy = modules[member]?.lazyImports.first(where: { !isLoose($0) }) {
                    throw ModuleFault(
                        member, line: lazy.line, "is part of \(path), which is one file; import it above")
                }
            }
            outer.append(group)
        }
        self.outer = outer
        if let twice = Self.firstTwice(groups.map(\.name)) {
            throw ModuleFault(twice + ".js", "two files have this name")
        }
        if let twice = Self.firstTwice(modules.keys.sorted().map(Self.variable)) {
            throw ModuleFault(twice, "two files' names become this one")
        }
    }

    /// What is loaded when `path` is imported.
    func group(of path: String) -> Int? { groups.firstIndex { $0.modules.contains(path) } }

    /// The file's name without folder and ending.
    static func name(of path: String) -> String {
        String((path.split(separator: "/").last ?? "").prefix { $0 != "." })
    }

    /// What holds a module's exports in a bundle: `$shell_dom`.
    static func variable(_ path: String) -> String {
        "$"
            + path.dropLast(".js".count).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "_" }
            .joined()
    }

    private static func firstTwice(_ names: [String]) -> String? {
        var seen: Set<String> = []
        return names.first { !seen.insert($0).inserted }
    }

    /// Everything that `entry` imports, and itself; each after what it imports.
    private static func closure(
        of entry: String, _ modules: [String: PageModule]
    ) throws(ModuleFault) -> [String] {
        var order: [String] = []
        var open: [String] = []
        try visit(entry, modules, &order, &open)
        return order
    }

    private static func visit(
        _ path: String, _ modules: [String: PageModule], _ order: inout [String], _ open: inout [String]
    ) throws(ModuleFault) {
        guard let module = modules[path], !order.contains(path) else { return }
        open.append(path)
        for imported in module.imports {
            guard let other = modules[imported.path] else {
                throw ModuleFault(path, line: imported.line, "imports \(imported.path), which is not there")
            }
            if let missing = imported.names.first(where: { !other.exports.contains($0) }) {
                throw ModuleFault(
                    path, line: imported.line, "imports “\(missing)”, which \(imported.path) does not export")
            }
            guard !open.contains(imported.path) else {
                throw ModuleFault(
                    path, line: imported.line,
                    "imports \(imported.path), which needs this file itself; move what both need to a third")
            }
            try visit(imported.path, modules, &order, &open)
        }
        open.removeLast()
        order.append(path)
    }

    /// What is imported when it is needed, by these modules or by what they load; in order of appearance.
    private static func lazyEntries(
        from first: [String], _ modules: [String: PageModule]
    ) throws(ModuleFault) -> [String] {
        var found: [String] = []
        var waiting = first
        var seen: Set<String> = []
        while !waiting.isEmpty {
            let path = waiting.removeFirst()
            guard seen.insert(path).inserted, let module = modules[path] else { continue }
            for lazy in module.lazyImports {
                guard modules[lazy.path] != nil else {
                    throw ModuleFault(path, line: lazy.line, "imports \(lazy.path), which is not there")
                }
                if !found.contains(lazy.path) { found.append(lazy.path) }
                waiting += try closure(of: lazy.path, modules)
            }
        }
        return found
    }
}
