import Foundation
import TestSupport
import Testing

@testable import Transport

/// A refusal, and what it comes to.
struct KnownMeaning: Sendable, CustomTestStringConvertible {
    var service: String
    var code: String
    var status = 400
    var message = ""
    var kind: AWSError.Refusal.Kind
    var isRetryable = false

    var testDescription: String { "\(service) \(code) \(status) \(message)" }

    var refusal: AWSError.Refusal {
        AWSError.Refusal(
            service: service, operation: "Op", status: status, code: code, message: message, requestID: "R1")
    }

    static let all: [KnownMeaning] = [
        .init(service: "sqs", code: "AWS.SimpleQueueService.NonExistentQueue", kind: .notFound),
        .init(service: "sqs", code: "QueueDoesNotExist", kind: .notFound),
        .init(service: "ssm", code: "ParameterNotFound", kind: .notFound),
        .init(
            service: "secretsmanager", code: "InvalidRequestException",
            message: "You can't perform this operation on the secret because it was marked for deletion.",
            kind: .notFound),
        .init(
            service: "secretsmanager", code: "InvalidRequestException",
            message: "You tried to perform the operation on a secret that's currently marked deleted.",
            kind: .notFound),
        .init(
            service: "secretsmanager", code: "InvalidRequestException", message: "other",
            kind: .invalidRequest),
        .init(service: "secretsmanager", code: "DecryptionFailure", kind: .keyUnusable),
        .init(service: "kms", code: "DisabledException", kind: .keyUnusable),
        .init(service: "kms", code: "KMSInvalidStateException", kind: .keyUnusable),
        .init(service: "s3", code: "KMS.DisabledException", kind: .keyUnusable),
        .init(service: "s3", code: "KMS.KMSInvalidStateException", kind: .keyUnusable),
        .init(service: "s3", code: "KMS.NotFoundException", kind: .keyUnusable),
        .init(service: "sns", code: "KMSNotFound", kind: .keyUnusable),
        .init(service: "kms", code: "NotFoundException", kind: .notFound),
        .init(service: "sns", code: "KMSDisabled", kind: .keyUnusable),
        .init(service: "sns", code: "KMSAccessDenied", kind: .accessDenied),
        .init(service: "sqs", code: "KMS.AccessDeniedException", kind: .accessDenied),
        .init(service: "sqs", code: "KmsDisabled", kind: .keyUnusable),
        .init(service: "sqs", code: "KMS.ThrottlingException", kind: .throttled, isRetryable: true),
        .init(service: "sns", code: "KMSThrottling", kind: .throttled, isRetryable: true),
        .init(service: "s3", code: "SlowDown", status: 503, kind: .throttled, isRetryable: true),
        .init(service: "s3", code: "SlowDown", status: 200, kind: .throttled, isRetryable: true),
        .init(service: "s3", code: "InternalError", status: 200, kind: .unavailable, isRetryable: true),
        .init(service: "s3", code: "InvalidPart", status: 200, kind: .invalidRequest),
        .init(service: "s3", code: "InvalidRange", status: 416, kind: .invalidRequest),
        .init(service: "s3", code: "InvalidObjectState", status: 403, kind: .invalidRequest),
        .init(service: "s3", code: "RequestTimeout", kind: .unavailable, isRetryable: true),
        .init(service: "s3", code: "AuthorizationHeaderMalformed", kind: .invalidCredentials),
        .init(
            service: "sqs", code: "InvalidSignatureException", status: 403,
            message: "Credential should be scoped to a valid region.", kind: .wrongRegion),
        .init(
            service: "sqs", code: "InvalidSignatureException", status: 403,
            message: "Credential should be scoped to correct service: 'sqs'.", kind: .invalidCredentials),
        .init(
            service: "sqs", code: "InvalidSignatureException", status: 403,
            message: "Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z (…)",
            kind: .clockSkew),
        .init(
            service: "sqs", code: "SignatureDoesNotMatch", status: 403,
            message: "Signature not yet current: 20260101T001000Z is still later than 20260101T000500Z (…)",
            kind: .clockSkew),
        .init(
            service: "bedrock-runtime", code: "InternalServerException", status: 200, kind: .unavailable,
            isRetryable: true),
        .init(
            service: "bedrock-runtime", code: "ThrottlingException", status: 200, kind: .throttled,
            isRetryable: true),
        .init(service: "sts", code: "IDPCommunicationError", kind: .unavailable, isRetryable: true),
        .init(service: "sts", code: "ExpiredTokenException", kind: .expiredCredentials),
        .init(service: "monitoring", code: "RequestExpired", kind: .clockSkew),
    ]
}

@Suite struct `What AWS's refusals come to` {
    @Test(arguments: KnownMeaning.all)
    func `is told by code, status and words`(known: KnownMeaning) {
        #expect(known.refusal.kind == known.kind)
        #expect(AWSError.refused(known.refusal).isRetryable == known.isRetryable)
        #expect("\(AWSError.refused(known.refusal))".contains("R1"))
    }

    @Test(arguments: [
        ("s3", "ListObjectsV2", "s3:ListBucket"), ("s3", "HeadObject", "s3:GetObject"),
        ("s3", "UploadPart", "s3:PutObject"), ("s3", "GetObject", "s3:GetObject"),
        ("sqs", "SendMessageBatch", "sqs:SendMessage"), ("sns", "PublishBatch", "sns:Publish"),
        ("bedrock-runtime", "Converse", "bedrock:InvokeModel"),
        ("bedrock-runtime", "ConverseStream", "bedrock:InvokeModelWithResponseStream"),
        ("bedrock-agent-runtime", "Rerank", "bedrock:Rerank"),
        ("runtime.sagemaker", "InvokeEndpointWithResponseStream", "sagemaker:InvokeEndpoint"),
        ("monitoring", "PutMetricData", "cloudwatch:PutMetricData"),
        ("ssm", "GetParameter", "ssm:GetParameter"),
    ])
    func `names the action that a policy has to allow, where AWS does not`(
        service: String, operation: String, action: String
    ) {
        let refusal = AWSError.Refusal(
            service: service, operation: operation, status: 403, code: "AccessDenied",
            message: "Access Denied", requestID: "R1", resource: "s3://b/k")
        let text = "\(AWSError.refused(refusal))"
        #expect(text.contains("Grant \(action) to") && text.contains("for s3://b/k"))
    }

    @Test func `names action and resource in AWS's own words where they are there`() {
        var refusal = AWSError.Refusal(
            service: "sqs", operation: "ReceiveMessage", status: 403, code: "AccessDenied",
            message: """
                User: arn:aws:iam::1:user/x is not authorized to perform: sqs:receivemessage on resource: \
                arn:aws:sqs:eu-west-1:1:q because no identity-based policy allows the sqs:receivemessage action
                """, requestID: "R1")
        #expect(
            "\(AWSError.refused(refusal))".contains(
                "Grant sqs:receivemessage on arn:aws:sqs:eu-west-1:1:q to"))
        refusal.message = """
            User: arn:aws:iam::1:user/x is not authorized to perform: kms:Decrypt on this resource because the \
            resource does not exist in this Region
            """
        #expect("\(AWSError.refused(refusal))".contains("Grant kms:Decrypt to"))
    }
}
