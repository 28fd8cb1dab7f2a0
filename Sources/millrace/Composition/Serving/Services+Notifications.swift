import Backends
import Components
import Foundation
import Notifications
import ServiceLifecycle
import Transport
import Workspace

/// Word of the ends of runs, for whoever asked to be told.
extension Services {
    /// Endpoints as their owners see them.
    func webhooks() async throws -> WebhookEndpoints {
        let addresses = try webhookAddresses()
        return WebhookEndpoints(
            store: try workspace(), seal: try await seal(),
            checked: { text throws(WebhookAddressRefused) in try addresses.checked(text) })
    }

    /// Sends what waits in the outbox, of this process and of others.
    func notificationSender() async throws -> NotificationSender {
        let process = ProcessInfo.processInfo
        var http = httpSettings()
        if settings[\.http.proxy] == nil { http.proxy = .none }
        return NotificationSender(
            store: try workspace(), seal: try await seal(),
            transport: try WebhookTransport(try webhookAddresses(), configuration: http),
            topics: SNSTopics { try await self.newAWSAccount($0) },
            name: "\(process.hostName)/\(process.processIdentifier)", logger: logger)
    }

    /// Where word may go: everywhere in public, and to the private addresses that flows may reach. Through a proxy,
    /// which connects in our stead, to the hosts alone that flows may ask.
    func webhookAddresses() throws -> WebhookAddresses {
        let ranges = try settings[\.flows.ranges].map { text in
            do {
                return try AddressRange(text)
            } catch {
                throw settings.bad(\.flows.ranges, "ranges such as 10.1.0.0/16 are expected: \(error)")
            }
        }
        let topics = settings[\.runs.topics]
        guard settings[\.http.proxy] != nil, httpSettings().proxy != .none else {
            return try WebhookAddresses(ranges: ranges, topics: topics)
        }
        let hosts = try HostRules(settings[\.flows.hosts])
        return try WebhookAddresses(ranges: ranges, topics: topics) { hosts.allows($0) }
    }
}

/// Sends until the process ends; what is under way then is sent again by whoever is next.
struct NotificationService: Service {
    let sender: NotificationSender

    func run() async {
        await cancelWhenGracefulShutdown { await sender.run() }
    }
}
