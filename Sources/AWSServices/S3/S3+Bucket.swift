import Transport

extension S3 {
    /// Makes a bucket in the client's region.
    ///
    /// - Throws: ``AWSError``; of kind `conflict` when somebody has one of that name.
    public func create(_ bucket: String) async throws(AWSError) {
        let region = service.region
        // The oldest region is the one that no request may name.
        let input = XMLTree(
            "CreateBucketConfiguration", namespace: S3Name.namespace,
            children: [XMLTree("LocationConstraint", text: region)])
        _ = try await service.send(
            operation(
                "CreateBucket", "PUT", bucket, input: region == "us-east-1" ? .none : .xml(input)))
    }
}
