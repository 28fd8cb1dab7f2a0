/// AWS's partitions and the hosts that depart from the common form, as data: ``text``, by AWS's own rules.
enum AWSEndpointTable {
    /// One departure. The first that fits counts.
    struct Row: Sendable, Hashable {
        let variant: AWSEndpoint.Variant
        /// Empty for all.
        let partitions: [Substring]
        /// Empty for all.
        let regions: [Substring]
        /// `{r}`, `{s}` and `{d}` stand for the region and the partition's two suffixes; `nil` where there is no
        /// endpoint.
        let template: String?
        /// The region that requests are signed for, where that is another one.
        let signingRegion: String?
    }

    static let partitions: [AWSPartition] = contents.partitions
    /// By endpoint prefix.
    static let rows: [String: [Row]] = contents.rows

    private static let contents: (partitions: [AWSPartition], rows: [String: [Row]]) = {
        var partitions: [AWSPartition] = []
        var rows: [String: [Row]] = [:]
        var prefix = ""
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            switch (words[0], words.count) {
            case ("partition", 7):
                partitions.append(
                    AWSPartition(
                        id: String(words[1]), regionPattern: String(words[2]), suffix: String(words[3]),
                        dualStackSuffix: String(words[4]), globalRegion: String(words[5]),
                        regions: Set(list(words[6]).map(String.init))))
            case ("prefix", 2):
                prefix = String(words[1])
            default:
                guard words.count >= 4 else { continue }
                rows[prefix, default: []].append(
                    Row(
                        variant: variant(words[0]), partitions: list(words[1]), regions: list(words[2]),
                        template: words[3] == "none" ? nil : String(words[3]),
                        signingRegion: words.count > 4 ? String(words[4]) : nil))
            }
        }
        return (partitions, rows)
    }()

    private static func list(_ word: Substring) -> [Substring] {
        word == "*" ? [] : word.split(separator: ",")
    }

    private static func variant(_ word: Substring) -> AWSEndpoint.Variant {
        switch word {
        case "dual": .dualStack
        case "fips": .fips
        case "both": [.dualStack, .fips]
        default: []
        }
    }
}
