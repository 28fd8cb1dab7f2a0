import Transport
import Workspace

/// Which addresses webhooks may have, and the way to them.
///
/// `https` goes to the public internet, and to one's own networks where their ranges are allowed. Plain `http` goes to
/// those ranges alone: what it carries, everybody on the way reads. The address is judged where the connection is made;
/// what is refused here is only what can be told from the text.
public struct WebhookAddresses: Sendable {
    private let ranges: [AddressRange]
    private let guards: (https: AddressGuard, http: AddressGuard)
    private let allowsHost: @Sendable (WebURL) -> Bool
    /// ARNs, or beginnings of them with `*` behind.
    private let topics: [String]

    /// - Parameters:
    ///   - ranges: private addresses that may be reached.
    ///   - topics: topics that may be published to with this server's keys, by their ARNs; a `*` at the end stands for
    ///     every end. None unless told.
    ///   - allowsHost: hosts that may be reached at all; every one unless told.
    public init(
        ranges: [AddressRange], topics: [String] = [],
        allowsHost: @escaping @Sendable (WebURL) -> Bool = { _ in true }
    ) throws(AddressRange.Fault) {
        self.ranges = ranges
        self.topics = topics
        self.allowsHost = allowsHost
        // Of equal ranges the denied one goes before, so that what is allowed beside them is `ranges` alone.
        var others: [AddressRange] = []
        for text in ["0.0.0.0/0", "::/0", "2000::/3", "64:ff9b::/96"] {
            others.append(try AddressRange(text))
        }
        guards = (AddressGuard(allowing: ranges), AddressGuard(allowing: ranges, denying: others))
    }

    /// What may be connected to for a URL.
    func addressGuard(for url: WebURL) -> AddressGuard { url.scheme == "https" ? guards.https : guards.http }

    /// The guard of either scheme.
    func addressGuard(https: Bool) -> AddressGuard { https ? guards.https : guards.http }

    /// The address in its normal form.
    public func checked(_ text: String) throws(WebhookAddressRefused) -> String {
        TopicARN.isMeant(by: text) ? try topic(text).text : try url(text).url
    }

    func topic(_ text: String) throws(WebhookAddressRefused) -> TopicARN {
        guard let topic = TopicARN(text) else {
            throw WebhookAddressRefused(
                reason: "is no ARN of an SNS topic (arn:aws:sns:REGION:ACCOUNT:NAME)")
        }
        let isAllowed = topics.contains { pattern in
            pattern.hasSuffix("*") ? text.hasPrefix(pattern.dropLast()) : text == pattern
        }
        guard isAllowed else {
            throw WebhookAddressRefused(
                reason: "is a topic that the settings do not let this server publish to (runs.sns_topics)")
        }
        return topic
    }

    func url(_ text: String) throws(WebhookAddressRefused) -> WebURL {
        let url: WebURL
        do {
            url = try WebURL(text)
        } catch {
            throw WebhookAddressRefused(reason: "is no http or https URL without a user name and password")
        }
        guard url.url.utf8.count <= WorkspaceLimits.nameBytes else {
            throw WebhookAddressRefused(reason: "has more than \(WorkspaceLimits.nameBytes) bytes")
        }
        guard url.scheme == "https" || !ranges.isEmpty else {
            throw WebhookAddressRefused(
                reason: """
                    is not https, and plain http goes only to private addresses that the settings allow, which are \
                    none
                    """)
        }
        guard allowsHost(url) else {
            throw WebhookAddressRefused(reason: "has a host that the settings do not let this server reach")
        }
        if let address = Self.literal(url.host), !addressGuard(for: url).allows(address) {
            throw WebhookAddressRefused(
                reason: url.scheme == "https"
                    ? "has a private, local or reserved address that the settings do not allow"
                    : "is plain http to an address that is not among the private ones that the settings allow"
            )
        }
        return url
    }

    /// The address that a host is without anybody being asked; `nil` for other names.
    private static func literal(_ host: String) -> IPAddress? {
        if host == "localhost" || host.hasSuffix(".localhost") { return IPAddress("127.0.0.1") }
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        return IPAddress(bare)
    }
}
