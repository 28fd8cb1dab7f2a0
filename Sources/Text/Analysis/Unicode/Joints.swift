/// Which marks hold the parts of an identifier together when no blank stands beside them.
enum Joints {
    /// Marks that may stand inside of identifiers, paths, addresses, numbers and times.
    static func isJoint(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "'"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "\\"),
            UInt8(ascii: "@"), UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: ":"),
            UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "~"), UInt8(ascii: ","):
            true
        default: false
        }
    }
    /// A letter, a digit or `_` of ASCII.
    static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") }
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 0x09 < 5 }

    /// Most marks that can follow each other inside of one cluster, as in `://`.
    static let longestRun = 3

    /// Whether `run` joins what stands on both sides: any one mark, but a comma only between digits; several
    /// where one is a stroke of a path or an address, or `::`, or `++`.
    ///
    /// - Parameter run: joints, at most ``longestRun``.
    static func join(_ run: ArraySlice<UInt8>, betweenDigits: Bool) -> Bool {
        guard let first = run.first else { return false }
        if run.count == 1 { return first == UInt8(ascii: ",") ? betweenDigits : first != UInt8(ascii: "~") }
        if run.contains(UInt8(ascii: ",")) { return false }
        if run.contains(UInt8(ascii: "/")) || run.contains(UInt8(ascii: "\\")) { return true }
        return run.count == 2 && run.last == first
            && (first == UInt8(ascii: ":") || first == UInt8(ascii: "+"))
    }

    /// The joint of ASCII that a scalar stands for, as typographic hyphens and apostrophes and full-width marks do.
    static func ascii(_ scalar: Unicode.Scalar) -> UInt8? {
        switch scalar.value {
        case 0..<0x80: isJoint(UInt8(scalar.value)) ? UInt8(scalar.value) : nil
        case 0x2010, 0x2011, 0x58A, 0xFF0D: UInt8(ascii: "-")
        case 0x2018, 0x2019, 0xFF07, 0xB7, 0x2027, 0x5F3, 0x5F4: UInt8(ascii: "'")
        case 0xFF0E, 0xFF0F, 0xFF1A, 0xFF20, 0xFF03, 0xFF0B: UInt8(scalar.value - 0xFEE0)
        default: nil
        }
    }
}
