/// What ``TextScoring`` makes of lengths.
enum FieldNorms {
    /// For each length up to `greatest`: weight / (1 − b + b · length / mean). Length 0 counts as 1.
    static func norms(weight: Double, b: Double, mean: Double, upTo greatest: Int) -> [Float] {
        (0...greatest).map { length in
            Float(weight / (1 - b + b * Double(max(length, 1)) / mean))
        }
    }

    /// How much larger *x* can be under the settings of now than under those that a segment's bounds were
    /// made for.
    ///
    /// A field's norm is one Möbius function of the length under either settings, and so is their quotient,
    /// which therefore has its maximum at one of the ends. *x* is a sum of norms, so it grows no more than
    /// the norm that grows most.
    static func growth(of fields: [SegmentField], scoring: TextScoring, means: [Double]) -> Float {
        var growth = 0.0
        for (field, (now, mean)) in zip(fields, zip(scoring.fields, means)) {
            for length in [Double(max(field.least, 1)), Double(field.greatest)] {
                let before = 1 - Double(field.b) + Double(field.b) * length / Double(field.mean)
                let after = 1 - now.b + now.b * length / mean
                growth = max(growth, now.weight / Double(field.weight) * before / after)
            }
        }
        // More than all roundings to float32 on the way.
        return Float(growth * 1.00001)
    }
}
