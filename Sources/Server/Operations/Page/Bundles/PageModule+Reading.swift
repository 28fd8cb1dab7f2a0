extension PageModule {
    private func fault(_ token: Int, _ reason: String) -> ModuleFault {
        ModuleFault(path, line: tokens.indices.contains(token) ? tokens[token].line : 0, reason)
    }

    /// Finds imports and exports, and refuses every other form of them.
    mutating func read() throws(ModuleFault) {
        var index = 0
        /// Whether the statement at the top level that is being read makes an asynchronous function.
        var isAsync = false
        while index < tokens.count {
            let token = tokens[index]
            if token.depth == 0, isSign(index, ";") { isAsync = false }
            // A property may have any name; three points are no property's.
            guard token.kind == .word, !isSign(index - 1, ".") || isSign(index - 2, ".") else {
                index += 1
                continue
            }
            switch text(index) {
            case "import": index = try readImport(index)
            case "export": index = try readExport(index)
            case "async": isAsync = true
            case "await" where token.depth == 0 && !isAsync:
                throw fault(index, "await stands outside of a function; the page would wait for it")
            case "var": throw fault(index, "var reaches beyond its block; write let or const")
            case let word where word.contains("$"):
                throw fault(index, "“\(word)” has a $ in it; such names are kept for what joins the modules")
            default: break
            }
            index += 1
        }
    }

    /// - Returns: the import's last token.
    private mutating func readImport(_ start: Int) throws(ModuleFault) -> Int {
        if text(start + 1) == "(" {
            guard let reference = string(start + 2), text(start + 3) == ")", let path = resolve(reference)
            else {
                throw fault(start, "import() takes one text, the name of a file: \"./…js\" or \"../…js\"")
            }
            lazyImports.append(LazyImport(path: path, line: tokens[start].line, token: start + 2))
            return start + 3
        }
        // A module that another site's page loads finds its server by its own address.
        if text(start + 1) == ".", text(start + 2) == "meta", path.hasPrefix(ModuleGraph.outerFolder) {
            return start + 2
        }
        guard tokens[start].depth == 0, text(start + 1) == "{" else {
            throw fault(start, "write import { a, b } from \"./…js\"; no other form of import is used here")
        }
        var names: [String] = []
        var index = start + 2
        while text(index) != "}" {
            guard isName(index) else {
                throw fault(index, "a name is expected in import { … }, and “\(text(index))” is none")
            }
            names.append(text(index))
            index += 1
            if text(index) == "," {
                index += 1
            } else if text(index) != "}" {
                throw fault(
                    index, "“\(text(index))” in import { … }: names come as they are exported, with commas")
            }
        }
        guard text(index + 1) == "from", let reference = string(index + 2), text(index + 3) == ";" else {
            throw fault(index, "from \"./…js\"; is expected after import { … }, with its semicolon")
        }
        guard let path = resolve(reference), path != self.path else {
            throw fault(index + 2, "“\(reference)” is no other file here; write \"./…js\" or \"../…js\"")
        }
        guard !names.isEmpty, Set(names).count == names.count else {
            throw fault(start, "import { … } names nothing, or something twice")
        }
        imports.append(
            Import(names: names, path: path, line: tokens[start].line, tokens: start..<(index + 4)))
        return index + 3
    }

    /// - Returns: the token before the one that is exported by name.
    private mutating func readExport(_ start: Int) throws(ModuleFault) -> Int {
        guard tokens[start].depth == 0 else { throw fault(start, "export stands inside of something") }
        var index = start + 1
        if text(index) == "async", text(index + 1) == "function" { index += 1 }
        let word = text(index)
        guard ["function", "class", "const"].contains(word) else {
            throw fault(
                start,
                "write export before function, async function, class or const; “export \(word)” is not used here"
            )
        }
        if word == "function", text(index + 1) == "*" { index += 1 }
        guard isName(index + 1), word != "const" || text(index + 2) == "=" else {
            throw fault(index, "export \(word) takes one name\(word == "const" ? " and its value" : "")")
        }
        let name = text(index + 1)
        guard !exports.contains(name) else { throw fault(index + 1, "“\(name)” is exported twice") }
        if word == "const", let comma = commaOfDeclaration(from: index + 2) {
            throw fault(comma, "one export const declares one name")
        }
        exports.append(name)
        exportTokens.insert(start)
        return start
    }

    /// The comma after which a declaration declares another name.
    private func commaOfDeclaration(from start: Int) -> Int? {
        var index = start
        while index < tokens.count, text(index) != ";" || tokens[index].depth > 0 {
            if tokens[index].depth == 0 {
                if text(index) == "," { return index }
                if tokens[index].gap == .newline, ["export", "import", "const", "let"].contains(text(index)) {
                    return nil
                }
            }
            index += 1
        }
        return nil
    }

    private func isSign(_ index: Int, _ sign: Unicode.Scalar) -> Bool {
        guard tokens.indices.contains(index), tokens[index].range.count == 1 else { return false }
        return UInt32(bytes[tokens[index].range.lowerBound]) == sign.value
    }

    private func isName(_ index: Int) -> Bool {
        tokens.indices.contains(index) && tokens[index].kind == .word
            && !["default", "as", "from"].contains(text(index))
    }
}
