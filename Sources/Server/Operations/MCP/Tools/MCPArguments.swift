import JSONValue

/// Arguments of another shape than a tool declares.
struct MCPArgumentFault: Error, Sendable, Hashable {
    /// Names the argument, and says what it must be.
    var message: String
}

/// What a tool is called with, read as strictly as its schema says.
struct MCPArguments: Sendable {
    let members: [String: JSONValue]

    /// - Throws: ``MCPArgumentFault`` for the first argument, by the alphabet, that is none of `known`.
    func expectOnly(_ known: [String]) throws(MCPArgumentFault) {
        let unknown = members.keys.filter { !known.contains($0) }.min()
        guard let unknown else { return }
        throw MCPArgumentFault(
            message: """
                There is no argument “\(unknown.prefix(100))”. Arguments: \(known.joined(separator: ", ")).
                """)
    }

    func text(_ name: String) throws(MCPArgumentFault) -> String {
        guard let value = members[name] else {
            throw MCPArgumentFault(message: "The argument “\(name)” is missing; it must be a text.")
        }
        guard let text = value.string else {
            throw MCPArgumentFault(message: "The argument “\(name)” must be a text.")
        }
        return text
    }

    /// `standard` when it is absent.
    func integer(
        _ name: String, in range: ClosedRange<Int>, standard: Int
    ) throws(MCPArgumentFault) -> Int {
        guard let value = members[name] else { return standard }
        guard let number = value.integer, range.contains(number) else {
            throw MCPArgumentFault(
                message: """
                    The argument “\(name)” must be a whole number from \(range.lowerBound) to \(range.upperBound).
                    """)
        }
        return number
    }

    /// Empty when it is absent.
    func texts(_ name: String, count: ClosedRange<Int>) throws(MCPArgumentFault) -> [String] {
        guard let value = members[name] else { return [] }
        guard let items = value.array, count.contains(items.count) else {
            throw MCPArgumentFault(
                message: """
                    The argument “\(name)” must be a list of \(count.lowerBound) to \(count.upperBound) texts.
                    """)
        }
        var texts: [String] = []
        for item in items {
            guard let text = item.string else {
                throw MCPArgumentFault(message: "The argument “\(name)” must hold texts.")
            }
            texts.append(text)
        }
        return texts
    }
}
