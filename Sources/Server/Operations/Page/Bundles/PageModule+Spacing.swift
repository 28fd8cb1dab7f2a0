extension PageModule {
    /// The whole text without comments, and without white space that separates nothing.
    var packed: [UInt8] {
        var result: [UInt8] = []
        for (index, token) in tokens.enumerated() {
            result += spacing(after: index > 0 ? index - 1 : nil, before: index, gap: token.gap).utf8
            result += bytes[token.range]
        }
        return result
    }

    /// What has to stand between two tokens of the module, so that they are read as they were: nothing, a blank, or a
    /// line's end where a statement may end by it (ECMA-262, section 12.10).
    ///
    /// - Parameters:
    ///   - previous: the token that was written last; `nil` for the first.
    ///   - gap: what stood between the two.
    func spacing(after previous: Int?, before next: Int, gap: ScriptToken.Gap) -> String {
        guard let previous, gap != .none else { return "" }
        if gap == .newline, !continues(after: previous), !continues(before: next) { return "\n" }
        return mustStandApart(previous, next) ? " " : ""
    }

    /// Signs after which a statement goes on, or nothing has begun.
    private static let goingOn = Set("{([,;:?=&|<>*%^~!+-.".utf8)
    /// Signs with which no statement begins, and that nothing but a blank may stand before.
    private static let following = Set(")]},.;:?&|=".utf8)
    /// Signs that mean something else side by side: `a - -b`, `a / /b/`, `a < !b`.
    private static let joining = Set("+-/<>!*".utf8)

    private func continues(after token: Int) -> Bool {
        tokens[token].kind == .sign && tokens[token].range.count == 1
            && Self.goingOn.contains(bytes[tokens[token].range.lowerBound])
    }

    private func continues(before token: Int) -> Bool {
        tokens[token].kind == .sign && Self.following.contains(bytes[tokens[token].range.lowerBound])
    }

    private func mustStandApart(_ first: Int, _ second: Int) -> Bool {
        let (last, begin) = (
            bytes[tokens[first].range.upperBound - 1], bytes[tokens[second].range.lowerBound]
        )
        switch (tokens[first].kind, tokens[second].kind) {
        case (.word, .word), (.word, .number), (.number, .word), (.number, .number),
            (.regularExpression, .word), (.regularExpression, .number):
            return true
        // `1 .toFixed()`: the point would be the number's.
        case (.number, .sign): return begin == UInt8(ascii: ".")
        case (.sign, .sign), (.sign, .regularExpression):
            return Self.joining.contains(last) && Self.joining.contains(begin)
        default: return false
        }
    }
}
