import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Looks up the addresses of hosts' names, each on a thread of its own.
///
/// The system's look-up (`getaddrinfo`) has no limit of time and cannot be stopped: whoever waits for it here goes on
/// when its own time is up. However many ask for a name, one look-up of it is under way, so that a resolver that is
/// silent holds one thread a name.
final class NameLookup: Sendable {
    /// Why there are no addresses.
    enum Fault: Error, Sendable, Hashable {
        case unknown(reason: String)
        case silent(for: Duration)
    }

    static let shared = NameLookup(resolve: NameLookup.system)

    private let resolve: @Sendable (String) throws -> [String]
    private let running = Mutex<[String: WaitedErrand<[String]>]>([:])

    /// - Parameter resolve: may wait for as long as it likes.
    init(resolve: @escaping @Sendable (String) throws -> [String]) { self.resolve = resolve }

    /// The addresses of a name, in the order in which they are to be tried; never none.
    ///
    /// - Throws: ``Fault``, or what the look-up throws.
    func addresses(of name: String, until end: ContinuousClock.Instant) throws -> [String] {
        let begin = ContinuousClock.now
        let (errand, isNew) = running.withLock { running in
            if let errand = running[name] { return (errand, false) }
            let errand = WaitedErrand<[String]>()
            running[name] = errand
            return (errand, true)
        }
        if isNew {
            Thread.detachNewThread { [self] in
                let result = Result { try resolve(name) }
                running.withLock { $0[name] = nil }
                errand.settle(result)
            }
        }
        guard let result = errand.result(until: end) else {
            throw Fault.silent(for: .milliseconds((ContinuousClock.now - begin).wholeMilliseconds))
        }
        return try result.get()
    }

    /// What the system knows: its file of hosts, DNS, and whatever else it is told to ask.
    private static func system(_ name: String) throws -> [String] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, nil, &hints, &list)
        guard code == 0, let list else {
            throw Fault.unknown(reason: gai_strerror(code).map { String(cString: $0) } ?? "error \(code)")
        }
        defer { freeaddrinfo(list) }
        let addresses = sequence(first: list, next: { $0.pointee.ai_next }).compactMap {
            text(of: $0.pointee)
        }
        guard !addresses.isEmpty else { throw Fault.unknown(reason: "it has no addresses") }
        return addresses
    }

    private static func text(of info: addrinfo) -> String? {
        // As long as any may be (NI_MAXHOST).
        let limit = 1_025
        var text = [CChar](repeating: 0, count: limit)
        let code = getnameinfo(
            info.ai_addr, info.ai_addrlen, &text, socklen_t(limit), nil, 0, NI_NUMERICHOST)
        guard code == 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension NameLookup.Fault: CustomStringConvertible {
    var description: String {
        switch self {
        case .unknown(let reason): "its name cannot be looked up: \(reason.withoutEndMark)"
        case .silent(let time): "its name could not be looked up within \(time)"
        }
    }
}

extension PostgresHost {
    /// Whether the name stands for addresses: it is none itself, and no socket of this machine.
    var isLookedUp: Bool {
        guard let first = name.first, first != "/", first != "@" else { return false }
        var (four, six) = (in_addr(), in6_addr())
        // Behind a percent sign stands the interface of an address that holds for one alone.
        let withoutZone = String(name.prefix { $0 != "%" })
        return inet_pton(AF_INET, name, &four) != 1 && inet_pton(AF_INET6, withoutZone, &six) != 1
    }
}
