/// Other ways to write a number that may be looked up.
enum NumberForms {
    /// `1,234,567.5` as `1234567.5`; `nil` when commas do not part thousands.
    static func ungrouped(_ number: String) -> String? {
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, parts.count <= 2, whole.utf8.contains(UInt8(ascii: ",")) else {
            return nil
        }
        let groups = whole.split(separator: ",", omittingEmptySubsequences: false)
        guard let first = groups.first, (1...3).contains(first.count),
            groups.dropFirst().allSatisfy({ $0.count == 3 })
        else { return nil }
        return groups.joined() + parts.dropFirst().map { "." + $0 }.joined()
    }

    /// `10.20` and `10.20.31` of `10.20.31.47`: networks of an address, families of a version. None of a decimal.
    static func prefixes(of number: String) -> [String] {
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.count <= 8, !number.utf8.contains(UInt8(ascii: ",")) else { return [] }
        return (2..<parts.count).map { parts.prefix($0).joined(separator: ".") }
    }
}
