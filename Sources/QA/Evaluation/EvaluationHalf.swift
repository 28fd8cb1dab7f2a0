/// Which questions a setting may be chosen by, and which ones only judge it.
public enum EvaluationHalf: String, Sendable, Hashable, Codable, CaseIterable {
    /// Thresholds, weights and models may be fitted on these.
    case development
    /// Figures are reported on these, and nothing is fitted on them.
    case report

    /// The half of a question of a set that names none: by the lowest bit of its id's FNV-1a hash (64 bits,
    /// after the finalizer of MurmurHash3, because FNV's own lowest bit is only the parity of the bytes').
    public init(hashing id: String) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        self = (hash ^ (hash >> 33)) & 1 == 0 ? .development : .report
    }
}
