/// An ES module of the page, read as far as joining it with others takes.
///
/// The page keeps to few forms, so that joining is no compiler's work: names imported as they are exported,
/// from a file beside; `export` before a declaration; `import("…")` of a file's name.
struct PageModule: Sendable {
    /// `import { names } from "path";`
    struct Import: Sendable, Hashable {
        var names: [String]
        /// The module's path in `Web/`.
        var path: String
        var line: Int
        var tokens: Range<Int>
    }

    /// `import("path")`.
    struct LazyImport: Sendable, Hashable {
        var path: String
        var line: Int
        /// The path's text among the tokens.
        var token: Int
    }

    /// Its path in `Web/`.
    let path: String
    let bytes: [UInt8]
    let tokens: [ScriptToken]
    var imports: [Import] = []
    /// In order of their declaration.
    var exports: [String] = []
    /// The words `export` among the tokens.
    var exportTokens: Set<Int> = []
    var lazyImports: [LazyImport] = []

    /// - Throws: ``ModuleFault`` for the first form that the page does not use.
    init(path: String, bytes: [UInt8]) throws(ModuleFault) {
        self.path = path
        self.bytes = bytes
        tokens = try ScriptLexer.tokens(of: bytes, in: path)
        try read()
    }

    func text(_ token: Int) -> String {
        tokens.indices.contains(token) ? String(decoding: bytes[tokens[token].range], as: UTF8.self) : ""
    }

    /// What stands between a text's quotes; `nil` for what is no text, or has an escape in it.
    func string(_ token: Int) -> String? {
        guard tokens.indices.contains(token), tokens[token].kind == .string else { return nil }
        let text = text(token)
        return text.contains("\\") ? nil : String(text.dropFirst().dropLast())
    }

    /// The folder's name and the slash after it, or nothing.
    private var folder: String { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "" }

    /// The path in `Web/` of what a module of this folder calls `reference`; `nil` when that is no file beside.
    func resolve(_ reference: String) -> String? {
        guard reference.hasPrefix("./") || reference.hasPrefix("../"), reference.hasSuffix(".js") else {
            return nil
        }
        var parts = folder.split(separator: "/")
        for part in reference.split(separator: "/", omittingEmptySubsequences: false) {
            switch part {
            case ".": continue
            case "..":
                guard parts.popLast() != nil else { return nil }
            case "": return nil
            default: parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }
}
