/// The text of `~/.aws/config` or `~/.aws/credentials`, as botocore reads it.
///
/// Sections in brackets; `key = value` or `key: value`, keys in lower case; lines that begin with `#` or `;` are
/// comments. Indented lines go on with the value above; where that is empty they are settings below it, kept here
/// as `key.inner`: `s3.endpoint_url`.
struct ProfileFile: Sendable, Equatable {
    /// Why a text is not such a file: line numbers, never what stands there.
    struct Fault: Error, Equatable {
        var line: Int
        var reason: String
    }

    private(set) var sections: [String: [String: String]] = [:]

    init(_ text: String) throws(Fault) {
        var section: String?
        var key: String?
        // The value may go on, or turn out to be a list of settings.
        var value: [Substring] = []
        func close(_ sections: inout [String: [String: String]]) throws(Fault) {
            guard let name = section, let known = key else { return }
            key = nil
            try Self.put(known, value, into: &sections[name, default: [:]])
        }
        for (offset, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            let trimmed = line.drop(while: \.isWhitespace)
            if trimmed.isEmpty || trimmed.first == "#" || trimmed.first == ";" { continue }
            if line.first?.isWhitespace == true, key != nil {
                value.append(Self.trimmed(line))
                continue
            }
            try close(&sections)
            if trimmed.first == "[" {
                guard let end = trimmed.lastIndex(of: "]") else {
                    throw Fault(line: offset + 1, reason: "a section's bracket is not closed")
                }
                let name = String(trimmed[trimmed.index(after: trimmed.startIndex)..<end])
                guard sections[name] == nil else {
                    throw Fault(line: offset + 1, reason: "the section is there already")
                }
                section = name
                sections[name] = [:]
                continue
            }
            guard section != nil else { throw Fault(line: offset + 1, reason: "it is in no section") }
            guard let separator = trimmed.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                throw Fault(line: offset + 1, reason: "it has no “=”")
            }
            key = Self.trimmed(trimmed[..<separator]).lowercased()
            value = [Self.trimmed(trimmed[trimmed.index(after: separator)...])]
        }
        try close(&sections)
    }

    private static func put(
        _ key: String, _ value: [Substring], into settings: inout [String: String]
    ) throws(Fault) {
        guard value.count > 1, value[0].isEmpty else {
            settings[key] = value.joined(separator: "\n")
            return
        }
        for line in value.dropFirst() {
            guard let separator = line.firstIndex(of: "=") else {
                throw Fault(line: 0, reason: "the settings below “\(key)” are not of the form name = value")
            }
            settings["\(key).\(trimmed(line[..<separator]))"] =
                String(trimmed(line[line.index(after: separator)...]))
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    /// The sections called `kind NAME` by NAME, which may be in quotes.
    func named(_ kind: String) -> [String: [String: String]] {
        var found: [String: [String: String]] = [:]
        for (section, settings) in sections where section.hasPrefix(kind) {
            if let words = ShellWords.split(section), words.count == 2 { found[words[1]] = settings }
        }
        return found
    }
}
