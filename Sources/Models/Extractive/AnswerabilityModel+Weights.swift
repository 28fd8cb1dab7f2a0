// Written by scripts/train-answerability.

extension AnswerabilityModel {
    /// In the order of ``EvidenceFeatures/names``.
    static let standard = AnswerabilityModel(
        weights: [
            1.6172, 0.0000, 1.2335, -0.0086, 0.0000, -0.7105, -0.8304, 0.1548, -0.2830, 0.0000, 0.1163,
            0.0825, 3.7768, -0.2740, 0.9223, -0.5653,
        ],
        bias: -1.6026)

    /// Without a reader.
    static let unread = AnswerabilityModel(
        weights: [
            3.2983, 0.4537, 2.3161, 0.0000, 0.0000, -0.9225, -0.8304, 0.4648, -1.2978, 0.0000, 0.0000,
            0.0000, 4.1984, -0.0894, 0.5563, -0.6818,
        ],
        bias: -2.8118)

    /// By words alone, for languages that the models do not know.
    static let words = AnswerabilityModel(
        weights: [
            0.0000, 0.7661, 3.8224, 0.0000, 0.0000, -1.0026, -0.7848, 0.5380, 0.0000, 0.8365, 0.0000,
            0.0000, 0.0000, -0.3192, 0.7281, -0.7092,
        ],
        bias: -2.8478)
}
