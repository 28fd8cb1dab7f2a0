import Foundation

/// Text made safe to stand in HTML, and numbers as pages show them.
enum HTML {
    /// What a page of others says is text here, never markup.
    static func text(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            // Not allowed in HTML, and order marks would show another text than is there.
            case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{7F}"..."\u{9F}":
                result += "\u{FFFD}"
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func figure(_ value: Double) -> String { String(format: "%.3f", value) }

    static func signed(_ value: Double) -> String { String(format: "%+.3f", value) }

    static func milliseconds(_ value: Double) -> String {
        String(format: value < 10 ? "%.2f" : "%.1f", value)
    }

    /// A place in a drawing, to a tenth.
    static func place(_ value: Double) -> String { String(format: "%.1f", value) }
}
