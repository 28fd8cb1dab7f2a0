/// The hosts that depart from the common form, by AWS's own endpoint rules (botocore 1.43.11).
enum AWSEndpointTable {
    /// What stands before and behind the region.
    struct Host: Sendable, Hashable {
        let prefix: String
        let isDualStack: Bool
    }

    /// One departure. The first that fits counts.
    struct Exception: Sendable {
        let service: String
        let variant: AWSEndpoint.Variant
        /// Empty for all.
        let partitions: Set<String>
        /// Empty for all.
        let regions: Set<String>
        /// `nil` where there is none.
        let host: Host?

        init(
            _ service: String, _ variant: AWSEndpoint.Variant, partitions: Set<String> = [],
            regions: Set<String> = [], prefix: String?, isDualStack: Bool = false
        ) {
            self.service = service
            self.variant = variant
            self.partitions = partitions
            self.regions = regions
            host = prefix.map { Host(prefix: $0, isDualStack: isDualStack) }
        }
    }

    private static let both: AWSEndpoint.Variant = [.dualStack, .fips]
    private static let government: Set<String> = ["aws-us-gov"]

    static let exceptions: [Exception] =
        // GovCloud's ordinary hosts are FIPS hosts already.
        ["dynamodb", "monitoring", "runtime.sagemaker", "sqs", "ssm", "sts"].map {
            Exception($0, .fips, partitions: government, prefix: $0)
        } + [
            Exception("logs", .fips, regions: ["us-gov-east-1", "us-gov-west-1"], prefix: "logs"),
            Exception("sns", .fips, regions: ["us-gov-east-1", "us-gov-west-1"], prefix: "sns"),
            Exception("monitoring", both, partitions: government, prefix: "monitoring", isDualStack: true),
            Exception("s3", .fips, partitions: ["aws-cn"], prefix: nil),
            Exception("s3", both, partitions: ["aws-cn"], prefix: nil),
            Exception("s3", .dualStack, prefix: "s3.dualstack"),
            Exception("s3", both, prefix: "s3-fips.dualstack"),
            // The ordinary hosts have IPv6.
            Exception("secretsmanager", .dualStack, prefix: "secretsmanager"),
            Exception(
                "secretsmanager", both, partitions: ["aws", "aws-us-gov"], prefix: "secretsmanager-fips"),
            Exception("cognito-idp", .dualStack, partitions: ["aws"], prefix: "cognito-idp"),
            Exception(
                "cognito-idp", both, regions: ["us-east-1", "us-east-2", "us-west-1", "us-west-2"],
                prefix: "cognito-idp-fips"),
            Exception("es", .dualStack, prefix: "aos", isDualStack: true),
            Exception("runtime.sagemaker", .fips, partitions: ["aws"], prefix: "runtime-fips.sagemaker"),
        ]
}
