/// Whether a word looks like a name that is meant as it stands.
enum IdentifierShape {
    /// Digits with letters or marks, or at least three of them; marks other than hyphens and apostrophes; great
    /// letters inside; and all capitals, where the rest of the query (`shouts` is false) has small letters.
    static func isIdentifier(_ bytes: ArraySlice<UInt8>, _ entry: FormTable.Entry, shouts: Bool) -> Bool {
        let digits = bytes.count { Joints.isDigit($0) }
        if digits >= 3 { return true }
        let isOnlyDigits = digits == bytes.count
        if digits > 0 && !isOnlyDigits { return true }
        if bytes.contains(where: { isMark($0) }) { return true }
        guard !shouts else { return false }
        let great = bytes.dropFirst().contains { $0 &- 0x41 < 26 }
        let hyphens = bytes.contains(UInt8(ascii: "-"))
        let isCapitals = bytes.count > 1 && bytes.allSatisfy { $0 &- 0x41 < 26 }
        return isCapitals || great && !hyphens
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_")
            || Joints.isJoint(byte) && byte != UInt8(ascii: "-") && byte != UInt8(ascii: "'")
    }
}
