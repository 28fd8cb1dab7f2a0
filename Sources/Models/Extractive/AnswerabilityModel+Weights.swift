// Written by scripts/train-answerability.

extension AnswerabilityModel {
    /// In the order of ``EvidenceFeatures/names``.
    static let standard = AnswerabilityModel(
        weights: [
            5.2502, 0.7629, 0.8308, -0.3827, 0.0000, -0.2337, -0.3186, 0.2462, -2.8100, 1.3628, 0.6375,
            0.0168, 1.0118, 0.0145, 0.0917, -0.7684,
        ],
        bias: -2.2165)

    /// Without a reader.
    static let unread = AnswerabilityModel(
        weights: [
            6.9388, 0.0000, 2.0230, -0.1437, 0.0000, -0.8155, -0.1550, 0.4391, -4.5431, 1.2185, 0.0000,
            0.0000, 2.1928, 0.3047, 0.6683, -0.6656,
        ],
        bias: -3.6897)

    /// By words alone, for languages that the models do not know.
    static let words = AnswerabilityModel(
        weights: [
            0.0000, 0.6046, 2.7380, -0.0710, 0.0000, -0.8054, -0.1860, 0.5613, 0.0000, 1.8314, 0.0000,
            0.0000, 0.0000, 0.0888, 0.6627, -0.7193,
        ],
        bias: -3.3187)
}
