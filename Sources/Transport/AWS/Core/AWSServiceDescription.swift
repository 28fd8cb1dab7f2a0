/// What AWS's models say of a service, as far as calling it needs.
public struct AWSServiceDescription: Sendable, Hashable {
    /// The first part of its hosts, for example `bedrock-runtime`.
    public var endpointPrefix: String
    /// Its name in the scope of a signature, for example `bedrock`.
    public var signingName: String
    /// Its name in settings, for example `Secrets Manager`: `AWS_ENDPOINT_URL_SECRETS_MANAGER`.
    public var serviceID: String
    public var apiProtocol: AWSProtocol
    /// Whether it takes a bearer token in place of a signature: an API key of Bedrock, say.
    public var takesBearer: Bool

    /// - Parameters:
    ///   - signingName: the endpoint prefix unless given.
    ///   - serviceID: the endpoint prefix, `-` as a space, unless given.
    public init(
        endpointPrefix: String, signingName: String? = nil, serviceID: String? = nil,
        apiProtocol: AWSProtocol, takesBearer: Bool = false
    ) {
        self.endpointPrefix = endpointPrefix
        self.signingName = signingName ?? endpointPrefix
        self.serviceID = serviceID ?? endpointPrefix.replacing("-", with: " ")
        self.apiProtocol = apiProtocol
        self.takesBearer = takesBearer
    }
}

/// How a service puts calls on the wire.
public enum AWSProtocol: Sendable, Hashable {
    /// The version in the content type of the JSON protocols.
    public enum JSONVersion: String, Sendable {
        case v1_0 = "1.0"
        case v1_1 = "1.1"
    }

    /// Methods, paths and queries of their own; JSON bodies.
    case restJSON
    /// Everything is a `POST` of JSON to `/`; `X-Amz-Target` names the operation behind `targetPrefix`.
    ///
    /// - Parameter isQueryCompatible: a service that once spoke the query protocol, as SQS did, and tells the
    ///   error codes of old when it is asked to.
    case json(JSONVersion, targetPrefix: String, isQueryCompatible: Bool = false)
    /// Methods, paths and queries of their own; XML bodies, or bytes.
    case restXML
    /// Everything is a form posted to `/`, with `Action` and `Version`; answers are XML.
    case query(apiVersion: String)
}
