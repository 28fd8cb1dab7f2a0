extension RetryClassification {
    /// AWS's: an error code that means "later" is retried whatever its status.
    public static let aws = RetryClassification { head, body in
        guard head.status >= 400 else { return false }
        return AWSRetryableCodes.all.contains(AWSRefusalText(head, body: body).code)
    }
}

/// How AWS's services say "later". `retryable.json` of the fixtures holds what botocore's standard mode knows.
enum AWSRetryableCodes {
    /// Too much was asked.
    static let throttling: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
        "TooManyRequestsException", "ProvisionedThroughputExceededException",
        "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
        "LimitExceededException", "RequestThrottled", "SlowDown", "PriorRequestNotComplete",
        "EC2ThrottledException",
        // KMS's, handed on by S3, SNS and SQS.
        "KMS.ThrottlingException", "KMSThrottling", "KMSThrottlingException", "KmsThrottled",
    ]
    /// Something is not ready, or a request did not arrive whole.
    static let transient: Set<String> = [
        "RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete", "ServiceUnavailable",
        "ServiceUnavailableException", "ModelNotReadyException",
        // Within a stream, or behind S3's 200, their status does not tell.
        "InternalError", "InternalFailure", "InternalServerError", "InternalServerException",
        // An identity provider that STS did not reach.
        "IDPCommunicationError",
    ]
    static let all = throttling.union(transient)
    /// A fault on AWS's side, or too many calls.
    static let statuses: Set<Int> = [429, 500, 502, 503, 504]
}
