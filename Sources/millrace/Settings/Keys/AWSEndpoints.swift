import Foundation

/// A private endpoint serves one service alone, so each has a setting, under AWS's own id of it.
struct AWSEndpoints: Sendable {
    /// What the keys begin with.
    static let prefix = "aws.endpoints."

    let bedrock = Setting<URL?>(
        address: "aws.endpoints.bedrock",
        "the endpoint of Bedrock's list of models, which doctor asks; empty for AWS's own")
    let bedrockRuntime = Setting<URL?>(
        address: "aws.endpoints.bedrock_runtime", "the endpoint of Bedrock's models; empty for AWS's own")
    let bedrockAgentRuntime = Setting<URL?>(
        address: "aws.endpoints.bedrock_agent_runtime",
        "the endpoint of Bedrock's reranking and knowledge bases; empty for AWS's own")
    let cloudwatch = Setting<URL?>(
        address: "aws.endpoints.cloudwatch", "the endpoint of CloudWatch's metrics; empty for AWS's own")
    let comprehend = Setting<URL?>(
        address: "aws.endpoints.comprehend", "the endpoint of Comprehend; empty for AWS's own")
    let kendra = Setting<URL?>(address: "aws.endpoints.kendra", "the endpoint of Kendra; empty for AWS's own")
    let kms = Setting<URL?>(address: "aws.endpoints.kms", "the endpoint of KMS; empty for AWS's own")
    let s3 = Setting<URL?>(address: "aws.endpoints.s3", "the endpoint of S3; empty for AWS's own")
    let sagemakerRuntime = Setting<URL?>(
        address: "aws.endpoints.sagemaker_runtime",
        "the endpoint of SageMaker's endpoints; empty for AWS's own")
    let secretsManager = Setting<URL?>(
        address: "aws.endpoints.secrets_manager", "the endpoint of Secrets Manager; empty for AWS's own")
    let sns = Setting<URL?>(address: "aws.endpoints.sns", "the endpoint of SNS; empty for AWS's own")
    let sqs = Setting<URL?>(address: "aws.endpoints.sqs", "the endpoint of SQS; empty for AWS's own")
    let ssm = Setting<URL?>(
        address: "aws.endpoints.ssm",
        "the endpoint of Systems Manager, for its parameters; empty for AWS's own")
    let sso = Setting<URL?>(
        address: "aws.endpoints.sso", "the endpoint of the portal of IAM Identity Center; empty for AWS's own"
    )
    let ssoOIDC = Setting<URL?>(
        address: "aws.endpoints.sso_oidc",
        "the endpoint of the token service of IAM Identity Center; empty for AWS's own")
    let sts = Setting<URL?>(address: "aws.endpoints.sts", "the endpoint of STS; empty for AWS's own")
}

extension Settings {
    /// Endpoints of AWS's services that the settings name, by AWS's ids of them.
    var awsEndpoints: [String: URL] {
        var endpoints: [String: URL] = [:]
        for facts in Keys.facts(in: AWSEndpoints()) {
            let text = text(of: facts)
            guard !text.isEmpty, let url = URL(string: text) else { continue }
            endpoints[String(facts.key.dropFirst(AWSEndpoints.prefix.count))] = url
        }
        return endpoints
    }
}
