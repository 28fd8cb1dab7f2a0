/// Keys of the dictionary.
enum TermKey {
    /// In the place of a field's number: a facet, which stands nowhere.
    static let noField: UInt64 = 15

    static func text(_ term: String) -> [UInt8] { [SegmentBuilder.textTag] + term.utf8 }

    /// What all values of a facet's field begin with.
    static func facets(of field: String) -> [UInt8] {
        [SegmentBuilder.facetTag, UInt8(truncatingIfNeeded: field.utf8.count)] + field.utf8
    }

    /// A facet's key without its tag. The length is a scalar below 256, which as UTF-8 may take two bytes, so
    /// it is written as such a byte only below 128: names are at most 127 bytes.
    static func facetName(_ facet: TextFacet) -> String {
        let length = Character(Unicode.Scalar(UInt8(truncatingIfNeeded: facet.field.utf8.count)))
        return String(length) + facet.field + facet.value
    }
}
