import Concurrency
import Foundation
import Logging
import NIOSSL
import Synchronization

/// The certificate that the server shows, and its key: read from two files, and read again when they change.
///
/// A connection keeps the pair that it began with.
final class ServedCertificate: Sendable {
    /// Tells whether a file is still the one that was read; links are followed, for a secret may be swapped by them.
    private struct Stamp: Hashable {
        var seconds: Int
        var nanoseconds: Int
        var inode: UInt64
        var size: Int64

        /// `nil` for a file that is not there.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            seconds = Int(status.st_mtim.tv_sec)
            nanoseconds = Int(status.st_mtim.tv_nsec)
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
        }
    }

    private struct State {
        var context: NIOSSLContext
        /// Of the files that were tried last, whatever came of it.
        var stamps: [Stamp?]
    }

    private static let disk = BlockingExecutor(label: "certificates", width: 1)

    private let files: ServerConfiguration.TLSFiles
    /// Whether a client may choose HTTP/2.
    let offersHTTP2: Bool
    private let logger: Logger
    private let state: Mutex<State>

    /// For connections that begin now.
    var context: NIOSSLContext { state.withLock { $0.context } }

    private init(
        _ files: ServerConfiguration.TLSFiles, offersHTTP2: Bool, _ logger: Logger, _ state: State
    ) {
        self.files = files
        self.offersHTTP2 = offersHTTP2
        self.logger = logger
        self.state = Mutex(state)
    }

    /// Reads the pair.
    ///
    /// - Throws: ``ServerError/unusableCertificate(file:reason:)``.
    static func load(
        _ files: ServerConfiguration.TLSFiles, offersHTTP2: Bool, logger: Logger
    ) async throws(ServerError) -> ServedCertificate {
        do {
            return try await disk.run {
                let stamps = stamps(of: files)
                let context = try context(of: files, offersHTTP2: offersHTTP2, logger)
                return ServedCertificate(
                    files, offersHTTP2: offersHTTP2, logger, State(context: context, stamps: stamps))
            }
        } catch let error as ServerError {
            throw error
        } catch {
            throw .failed(reason: String(describing: error))
        }
    }

    /// Looks at the files again and again, until the task is cancelled.
    func follow() async {
        while (try? await Task.sleep(for: files.checkInterval)) != nil { await reload() }
    }

    /// Takes a pair that has changed; one that cannot be used is logged, and the one before serves on.
    func reload() async {
        do {
            try await Self.disk.run { [self] in
                let stamps = Self.stamps(of: files)
                let isNew = state.withLock { state in
                    defer { state.stamps = stamps }
                    return state.stamps != stamps
                }
                guard isNew else { return }
                let context = try Self.context(of: files, offersHTTP2: offersHTTP2, logger)
                state.withLock { $0.context = context }
                logger.info(
                    "the certificate was read anew", metadata: ["millrace.file": "\(files.certificate)"])
            }
        } catch is CancellationError {
            // The server stops.
        } catch {
            logger.error(
                "the new certificate cannot be used; the one before serves on",
                metadata: ["millrace.reason": "\(error)"])
        }
    }

    private static func stamps(of files: ServerConfiguration.TLSFiles) -> [Stamp?] {
        [Stamp(files.certificate), Stamp(files.key)]
    }

    /// Blocks.
    private static func context(
        of files: ServerConfiguration.TLSFiles, offersHTTP2: Bool, _ logger: Logger
    ) throws(ServerError) -> NIOSSLContext {
        let chain: [NIOSSLCertificate]
        let certificate = try bytes(of: files.certificate)
        do { chain = try NIOSSLCertificate.fromPEMBytes(certificate) } catch { chain = [] }
        guard let leaf = chain.first else {
            throw .unusableCertificate(
                file: files.certificate, reason: "it holds no certificate in PEM form")
        }
        let key: NIOSSLPrivateKey
        let keyBytes = try bytes(of: files.key)
        do {
            key = try NIOSSLPrivateKey(bytes: keyBytes, format: .pem)
        } catch {
            throw .unusableCertificate(
                file: files.key, reason: "it holds no private key in PEM form, or one with a password")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = offersHTTP2 ? ["h2", "http/1.1"] : ["http/1.1"]
        do {
            let context = try NIOSSLContext(configuration: configuration)
            if Date(timeIntervalSince1970: TimeInterval(leaf.notValidAfter)) < Date() {
                logger.warning(
                    "the certificate has expired", metadata: ["millrace.file": "\(files.certificate)"])
            }
            return context
        } catch {
            throw .unusableCertificate(
                file: files.key, reason: "its key is not that of the certificate in \(files.certificate)")
        }
    }

    /// What the file holds, which is something: the parsers do not take nothing.
    private static func bytes(of file: String) throws(ServerError) -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            let why = FileManager.default.fileExists(atPath: file) ? "it cannot be read" : "it is not there"
            throw .unusableCertificate(file: file, reason: why)
        }
        guard !bytes.isEmpty else { throw .unusableCertificate(file: file, reason: "it is empty") }
        return bytes
    }
}

extension ServerConfiguration {
    /// Reads the certificate and its key, as a server's start does.
    ///
    /// - Throws: ``ServerError/unusableCertificate(file:reason:)``.
    public func checkCertificate() async throws(ServerError) {
        guard let tls else { return }
        // The start has its say about one that can be used.
        let silent = Logger(label: "millrace") { _ in SwiftLogNoOpLogHandler() }
        _ = try await ServedCertificate.load(tls, offersHTTP2: http2, logger: silent)
    }
}
