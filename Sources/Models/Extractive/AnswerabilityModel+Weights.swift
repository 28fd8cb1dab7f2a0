// Written by scripts/train-answerability.

extension AnswerabilityModel {
    /// In the order of ``EvidenceFeatures/names``.
    static let standard = AnswerabilityModel(
        weights: [
            3.1214, 0.1386, 0.9926, 0.0000, 0.0000, -0.4197, 0.0000, 0.0000, -1.9805, 1.0661, 0.6843,
            0.0030, 1.4834, -0.1101, 0.1754, -0.2979,
        ],
        bias: -1.9048)

    /// Without a reader.
    static let unread = AnswerabilityModel(
        weights: [
            4.3151, 0.0000, 2.2678, 0.0000, 0.0000, -0.9469, 0.0000, 0.0000, -3.2651, 0.8794, 0.0000,
            0.0000, 2.2934, 0.2581, 0.5873, -0.1362,
        ],
        bias: -3.1124)

    /// By words alone, for languages that the models do not know.
    static let words = AnswerabilityModel(
        weights: [
            0.0000, 0.5713, 2.7228, 0.0000, 0.0000, -0.9157, 0.0000, 0.0000, 0.0000, 1.5476, 0.0000, 0.0000,
            0.0000, -0.0114, 0.6185, -0.1214,
        ],
        bias: -3.1924)
}
