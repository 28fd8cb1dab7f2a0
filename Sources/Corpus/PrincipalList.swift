/// A list of principals as a person writes it: `user:ann, "group:night, shift"`.
///
/// Commas part them. One that has a comma in it stands in double quotes, whole or its name alone
/// (`group:"night, shift"`); within quotes a double quote is written twice. White space around a principal is left
/// out, and so is one that is empty.
public enum PrincipalList {
    /// Why a list cannot be read.
    public enum Fault: Error, Hashable, Sendable {
        /// Quotes are opened in this part and not closed at its end.
        case quotes(String)
        /// This part is no principal.
        case notAPrincipal(String)
    }

    /// The parts of a list, without the quotes.
    public static func parts(_ list: String) throws(Fault) -> [String] {
        var parts: [String] = []
        var rest = Substring(list)
        while true {
            let part = try part(&rest)
            if !part.isEmpty { parts.append(part) }
            guard rest.popFirst() != nil else { return parts }
        }
    }

    /// The principals of a list.
    public static func principals(_ list: String) throws(Fault) -> [Principal] {
        var principals: [Principal] = []
        for part in try parts(list) {
            guard let principal = Principal(part) else { throw .notAPrincipal(part) }
            principals.append(principal)
        }
        return principals
    }

    /// A part as a list takes it, in quotes where it needs them.
    public static func written(_ part: String) -> String {
        let needsQuotes =
            part.contains { ",\"".contains($0) } || part.first?.isWhitespace == true
            || part.last?.isWhitespace == true
        return needsQuotes ? "\"\(part.replacing("\"", with: "\"\""))\"" : part
    }

    /// Takes one part off the beginning, up to its comma.
    private static func part(_ rest: inout Substring) throws(Fault) -> String {
        rest = rest.drop(while: \.isWhitespace)
        let start = rest
        let kind = ["user:", "group:"].first { rest.hasPrefix($0 + "\"") } ?? ""
        guard rest.dropFirst(kind.count).first == "\"" else {
            let part = rest.prefix { $0 != "," }
            rest = rest[part.endIndex...]
            return part.lastIndex { !$0.isWhitespace }.map { String(part[...$0]) } ?? ""
        }
        rest = rest.dropFirst(kind.count + 1)
        var name = ""
        while let character = rest.popFirst() {
            if character != "\"" {
                name.append(character)
            } else if rest.first == "\"" {
                name.append("\"")
                rest = rest.dropFirst()
            } else {
                rest = rest.drop(while: \.isWhitespace)
                guard rest.first ?? "," == "," else { break }
                return kind + name
            }
        }
        throw .quotes(String(start.prefix(100)))
    }
}

extension PrincipalList.Fault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .quotes(let part):
            "“\(part)” has quotes that are not closed at its end. A double quote in a name is written twice."
        case .notAPrincipal(let part):
            """
            “\(part)” is not written as a principal is: write user:\(part) for a person, group:\(part) for a group, \
            or signed-in or anyone. One with a comma in it stands in double quotes.
            """
        }
    }
}
