extension StringProtocol {
    /// Whether this is the header `name`: names compare without the case of ASCII's letters (RFC 9110 §5.1).
    package func isHeader(_ name: String) -> Bool {
        guard utf8.count == name.utf8.count else { return false }
        // Bytes side by side, as most texts are kept, compare without the steps of an index.
        let isSame = utf8.withContiguousStorageIfAvailable { own in
            name.utf8.withContiguousStorageIfAvailable { other in
                own.indices.allSatisfy { own[$0].isHeaderByte(other[$0]) }
            }
        }
        if case .some(.some(let isSame)) = isSame { return isSame }
        return zip(utf8, name.utf8).allSatisfy { $0.isHeaderByte($1) }
    }
}

extension UInt8 {
    /// As it is, but letters of ASCII in lower case.
    var lowercasedASCII: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }

    fileprivate func isHeaderByte(_ other: UInt8) -> Bool {
        self == other || lowercasedASCII == other.lowercasedASCII
    }
}
