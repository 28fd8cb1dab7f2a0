import AWSServices
import Foundation
import TestSupport
import Testing
import Transport

/// What goes wrong between a client and AWS; what each does stands at the head of `aws_fault_proxy.py`.
enum Fault: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case throttle, expired, cut, stall, truncated, corrupt, empty, page, mislabelled, redirect
    case unavailable = "5xx"

    var testDescription: String { rawValue }
}

/// A call of one client of AWS's services.
struct FaultedClient: Sendable, CustomTestStringConvertible {
    /// Who plays AWS.
    enum Server: Sendable { case double, moto }

    /// Calls a service of an account whose endpoint is given.
    typealias Call = @Sendable (_ account: AWSAccount, _ endpoint: URL) async throws -> Void

    let name: String
    let server: Server
    /// Whether the answer is a stream, of which only the beginning can be asked for again.
    let isStream: Bool
    /// What comes of faults that are none for this call, retried or not: of what is not in the answer nothing is missed.
    let exceptions: [Fault: FaultOutcome]
    /// Makes what the call needs, and gives the call.
    let prepare: @Sendable (AWSAccount, URL) async throws -> Call

    var testDescription: String { name }

    init(
        _ name: String, _ server: Server, isStream: Bool = false,
        except exceptions: [Fault: FaultOutcome] = [:],
        preparing prepare: @escaping @Sendable (AWSAccount, URL) async throws -> Call
    ) {
        self.name = name
        self.server = server
        self.isStream = isStream
        self.exceptions = exceptions
        self.prepare = prepare
    }

    init(
        _ name: String, _ server: Server, isStream: Bool = false,
        except exceptions: [Fault: FaultOutcome] = [:],
        _ call: @escaping @Sendable (AWSAccount) async throws -> Void
    ) {
        self.init(name, server, isStream: isStream, except: exceptions) { _, _ in
            { account, _ in try await call(account) }
        }
    }

    /// What comes of a fault.
    ///
    /// - Parameter isRetried: whether the client may try again, and the next attempt meets no fault.
    func outcome(of fault: Fault, isRetried: Bool) -> FaultOutcome {
        if let exception = exceptions[fault] { return exception }
        let isMended: Bool =
            switch fault {
            case .throttle, .unavailable, .expired: true
            case .cut, .stall: !isStream
            case .truncated, .corrupt, .empty, .page, .mislabelled, .redirect: false
            }
        if isRetried, isMended { return .success }
        return switch fault {
        case .throttle: .throttled
        case .unavailable: .unavailable
        case .expired: .expired
        case .cut: .broken
        case .stall: .silent
        case .truncated, .corrupt, .empty, .page: .damaged
        // As AWS's own clients, ours read what an operation answers, whatever it is called.
        case .mislabelled: .success
        case .redirect: .redirected
        }
    }
}
