extension AWSError.Refusal {
    /// What a policy has to allow for the call, as IAM calls it: `s3:ListBucket` for ListObjectsV2.
    ///
    /// Most actions have their operation's name and their service's. S3 says no more than “Access Denied” to many a
    /// call, so that a refusal without the action in its words names this one.
    var action: String { Self.action(of: operation, service) }

    /// - Parameter service: its endpoint prefix.
    static func action(of operation: String, _ service: String) -> String {
        "\(prefixes[service] ?? service):\(actions[service]?[operation] ?? operation)"
    }

    /// Where a service's actions begin with another word than its hosts.
    private static let prefixes = [
        "bedrock-runtime": "bedrock", "bedrock-agent-runtime": "bedrock", "runtime.sagemaker": "sagemaker",
        "monitoring": "cloudwatch", "portal.sso": "sso",
    ]

    /// Operations that are allowed by an action of another name, by service.
    private static let actions: [String: [String: String]] = [
        "bedrock-runtime": ["Converse": "InvokeModel", "ConverseStream": "InvokeModelWithResponseStream"],
        "runtime.sagemaker": ["InvokeEndpointWithResponseStream": "InvokeEndpoint"],
        "s3": [
            "HeadObject": "GetObject", "DeleteObjects": "DeleteObject", "ListObjectsV2": "ListBucket",
            "HeadBucket": "ListBucket", "CreateMultipartUpload": "PutObject", "UploadPart": "PutObject",
            "CompleteMultipartUpload": "PutObject", "CopyObject": "PutObject",
            "UploadPartCopy": "PutObject",
        ],
        "sqs": [
            "SendMessageBatch": "SendMessage", "DeleteMessageBatch": "DeleteMessage",
            "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
        ],
        "sns": ["PublishBatch": "Publish"],
        "kms": ["ReEncrypt": "ReEncryptTo"],
    ]
}
