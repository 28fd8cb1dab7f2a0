import Foundation

/// What the terminal can do, and text with colour where it can.
enum Terminal {
    static func isInteractive(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Colour on standard output, unless NO_COLOR forbids it (no-color.org).
    static let hasColor =
        isInteractive(STDOUT_FILENO) && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty

    enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case accent = "36"
    }

    /// - Parameter hasColor: whether there is colour where it is shown.
    static func styled(_ text: String, _ style: Style, hasColor: Bool = Self.hasColor) -> String {
        hasColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Control characters of somebody else's text would steer the terminal; they are left out.
    static func safe(_ text: String) -> String {
        String(
            text.unicodeScalars.filter { scalar in
                scalar == "\n" || scalar == "\t"
                    || !(scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value))
            }.map(Character.init))
    }

    static func print(error text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
