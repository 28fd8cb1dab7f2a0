/// Why the server did not start, or ended by itself.
public enum ServerError: Error, Sendable, Hashable {
    /// A setting is out of range.
    case invalidSetting(name: String, value: String, allowed: String)
    /// Another process listens there already.
    case portInUse(host: String, port: Int)
    /// The operating system keeps the port for others: those below 1024 for root, say.
    case portForbidden(host: String, port: Int)
    /// The host is an address, but none of this machine.
    case addressNotLocal(host: String)
    /// The host is a name that nobody knows.
    case unknownHost(host: String)
    /// A file of the certificate that the server is to show, or of its key, is no use.
    case unusableCertificate(file: String, reason: String)
    /// The socket that was handed over is none that connections wait at.
    case notListening
    /// The process that serves listens at another port than the one that is wanted.
    case handoverElsewhere(port: Int, wanted: Int)
    /// Others can reach the socket of the process that serves, and are not to, or the other way round.
    case handoverOpenness(address: String, wanted: String)
    /// The process that serves did not hand its socket over.
    case handoverFailed(path: String, reason: String)
    /// Whatever else ended it.
    case failed(reason: String)
}

extension ServerError: CustomStringConvertible {
    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .invalidSetting(let name, let value, let allowed):
            "The server's \(name) is \(value); it must be \(allowed)."
        case .portInUse(let host, let port):
            "Port \(port) of \(host) is in use by another process. Stop that one, or choose another port with --port."
        case .portForbidden(let host, let port):
            "Port \(port) of \(host) may not be used by this user. Choose one above 1023 with --port."
        case .addressNotLocal(let host):
            "\(host) is no address of this machine. Choose one that is with --host; 127.0.0.1 always is."
        case .unknownHost(let host):
            "The host \(host) has no address. Check the spelling, or choose another with --host."
        case .unusableCertificate(let file, let reason):
            """
            The server cannot show the certificate of \(file): \(reason). Give a PEM file of the certificate and its \
            chain, and one of its key without a password.
            """
        case .notListening:
            """
            The socket that was handed over is no TCP socket that is listened at. Under systemd, give the socket unit \
            ListenStream= with an address and a port, and Accept=no.
            """
        case .handoverElsewhere(let port, let wanted):
            """
            The process that serves this folder listens at port \(port), and \(wanted) is to be served. A takeover keeps \
            the address; stop that process to change it.
            """
        case .handoverOpenness(let address, let wanted):
            """
            The process that serves this folder listens at \(address), and \(wanted) is to be served: only one of the two can \
            be reached by other machines. A takeover keeps the address; stop that process to change it.
            """
        case .handoverFailed(let path, let reason):
            """
            The process behind \(path) did not hand its socket over: \(reason). It serves on; look into its log, or stop \
            it and start this one without --takeover.
            """
        case .failed(let reason):
            "The server ended: \(reason)."
        }
    }
}
