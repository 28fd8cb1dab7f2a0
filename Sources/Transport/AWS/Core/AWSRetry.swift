extension RetryClassification {
    /// AWS's: an error type that means "later" is retried whatever its status.
    public static let aws = RetryClassification { head, _ in
        guard head.status >= 400 else { return false }
        // `ThrottlingException:http://…` is how some services write it.
        guard let type = head["x-amzn-errortype"]?.prefix(while: { $0 != ":" }) else { return false }
        return laterTypes.contains(String(type))
    }

    private static let laterTypes: Set<String> = [
        "ThrottlingException", "TooManyRequestsException", "ServiceUnavailableException",
        "ModelNotReadyException",
    ]
}
