import Foundation

/// The page's HTML with its references to files, which lie in `href` and `src` in double quotes.
struct PageMarkup: Sendable {
    /// One element's start that names a file.
    struct Reference: Sendable, Hashable {
        enum Role: Sendable {
            case stylesheet, module, other
        }

        var role: Role
        /// The file's path in `Web/`.
        var path: String
        /// The whole start tag.
        var tag: Range<String.Index>
        /// What stands between the attribute's quotes.
        var value: Range<String.Index>
    }

    let text: String
    /// In order.
    let references: [Reference]

    /// - Parameter isFile: whether there is a file of this path.
    /// - Throws: ``ModuleFault`` for a script or stylesheet that is no file.
    init(_ text: String, in file: String, isFile: (String) -> Bool) throws(ModuleFault) {
        self.text = text
        var references: [Reference] = []
        var rest = text.startIndex..<text.endIndex
        while let start = text.range(of: "<", range: rest),
            let end = text.range(of: ">", range: start.upperBound..<text.endIndex)
        {
            let tag = start.lowerBound..<end.upperBound
            rest = end.upperBound..<text.endIndex
            guard let value = Self.value(of: "href", in: tag, text) ?? Self.value(of: "src", in: tag, text)
            else {
                continue
            }
            let path = String(text[value])
            guard isFile(path) else {
                if [".js", ".css", ".svg"].contains(where: path.hasSuffix) {
                    let line = text[..<tag.lowerBound].count { $0 == "\n" } + 1
                    throw ModuleFault(file, line: line, "names \(path), which is not there")
                }
                continue
            }
            let isStylesheet = Self.value(of: "rel", in: tag, text).map { text[$0] == "stylesheet" } ?? false
            let isModule = Self.value(of: "type", in: tag, text).map { text[$0] == "module" } ?? false
            references.append(
                Reference(
                    role: isStylesheet ? .stylesheet : isModule ? .module : .other, path: path, tag: tag,
                    value: value))
        }
        self.references = references
    }

    private static func value(
        of attribute: String, in tag: Range<String.Index>, _ text: String
    ) -> Range<String.Index>? {
        guard let start = text.range(of: " \(attribute)=\"", range: tag)?.upperBound,
            let end = text.range(of: "\"", range: start..<tag.upperBound)?.lowerBound
        else { return nil }
        return start..<end
    }

    /// The page with its stylesheets joined and every file under its served name.
    ///
    /// - Parameters:
    ///   - stylesheet: what stands for all stylesheets, in the place of the first.
    ///   - script: what stands for the module.
    ///   - names: the served names of the other files by their paths.
    func rewritten(stylesheet: String, script: String, names: [String: String]) -> String {
        var result = ""
        var place = text.startIndex
        var hasStylesheet = false
        for reference in references {
            switch reference.role {
            case .stylesheet where hasStylesheet:
                result += text[place..<reference.tag.lowerBound]
                place = reference.tag.upperBound
                if place < text.endIndex, text[place] == "\n" { place = text.index(after: place) }
                continue
            case .stylesheet:
                hasStylesheet = true
                // The script is asked for as early as what is shown first.
                result += text[place..<reference.tag.lowerBound]
                result += "<link rel=\"modulepreload\" href=\"\(script)\">\n"
                result += text[reference.tag.lowerBound..<reference.value.lowerBound] + stylesheet
            case .module: result += text[place..<reference.value.lowerBound] + script
            case .other:
                result += text[place..<reference.value.lowerBound] + (names[reference.path] ?? reference.path)
            }
            place = reference.value.upperBound
        }
        // Lines begin with what they say: nothing of the page is written so that white space counts.
        return (result + text[place...]).split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.drop { $0 == " " } }.joined(separator: "\n")
    }
}
