// Written by scripts/train-answerability.

extension AnswerabilityModel {
    /// In the order of ``EvidenceFeatures/names``.
    static let standard = AnswerabilityModel(
        weights: [
            3.8750, 0.6404, 0.9375, 0.0000, 0.0000, -0.7572, 0.0000, 0.1729, -1.9119, 1.1726, 0.6353,
            0.0000, 1.2904, -0.5719, 0.0183, -0.7651,
        ],
        bias: -1.9367)

    /// Without a reader.
    static let unread = AnswerabilityModel(
        weights: [
            6.0827, 0.1441, 2.2313, 0.0000, 0.0000, -1.2036, 0.0000, 0.1709, -4.1505, 1.0178, 0.0000,
            0.0000, 2.2508, -0.0351, 0.5479, -0.6832,
        ],
        bias: -3.3640)

    /// By words alone, for languages that the models do not know.
    static let words = AnswerabilityModel(
        weights: [
            0.0000, 0.7725, 2.8266, 0.0000, 0.0000, -1.2451, 0.0000, 0.2292, 0.0000, 1.6662, 0.0000, 0.0000,
            0.0000, -0.3014, 0.5577, -0.7386,
        ],
        bias: -3.1501)
}
