import AWSServices
import Foundation
import TestSupport
import Testing
import Transport
import Workspace

@testable import Backends

/// Queues and topics of the AWS that moto plays.
struct MotoMessaging {
    let moto: MotoServer
    let account: AWSAccount

    init(user: String = "admin") async throws {
        moto = try MotoServer()
        let client = try CurlHTTPClient(configuration: HTTPClientConfiguration())
        account = try await AWSAccount(
            environment: AWSEnvironment(variables: [
                "AWS_ENDPOINT_URL": moto.endpoint, "AWS_MAX_ATTEMPTS": "1",
            ]), region: "us-east-1", credentials: StaticCredentials(moto.keys(of: user)), http: client,
            localHTTP: client)
    }

    func queue(_ suffix: String = "", attributes: [String: String] = [:]) async throws -> (
        SQS, url: String
    ) {
        let sqs = try SQS(account)
        let name = "runs-\(UInt32.random(in: 0 ... .max))\(suffix)"
        return (sqs, try await sqs.createQueue(name, attributes: attributes))
    }
}

@Suite(.timeLimit(.minutes(2))) struct `A queue of runs in SQS` {
    private func jobs(_ url: String, _ sqs: SQS) -> SQSJobQueue {
        SQSJobQueue(sqs, url: url, region: "us-east-1", setting: "runs.sqs_queue_url")
    }

    private func job(_ run: String, delay: Duration = .zero, id: String? = nil) -> OutgoingJob {
        OutgoingJob(RunMessage(run: run, tenant: "default"), delay: delay, id: id ?? "\(run)-1")
    }

    @Test func `gives out what was sent until it is removed`() async throws {
        let (sqs, url) = try await MotoMessaging().queue()
        let queue = jobs(url, sqs)
        #expect(queue.longestDelay == .seconds(900))
        #expect(try await queue.send((0..<10).map { job("r\($0)") }).isEmpty)
        var received: [ReceivedJob] = []
        while received.count < 10 {
            let more = try await queue.receive(10, waiting: .seconds(5), hidden: .seconds(60))
            try #require(!more.isEmpty)
            received += more
        }
        let runs = Set(try received.map { try RunMessage($0.body).run })
        #expect(runs == Set((0..<10).map { "r\($0)" }))
        #expect(received.allSatisfy { $0.receiveCount == 1 })
        var figures = try await queue.inspect()
        #expect(figures.hidden == 10 && figures.waiting == 0 && figures.deadLetters == nil)
        // Given back, it comes again.
        try await queue.hide(received[0], for: .zero)
        let again = try #require(
            try await queue.receive(1, waiting: .seconds(5), hidden: .seconds(60)).first)
        #expect(again.id == received[0].id && again.receiveCount == 2)
        try await queue.remove(again)
        for one in received.dropFirst() { try await queue.remove(one) }
        figures = try await queue.inspect()
        #expect(figures.hidden == 0 && figures.waiting == 0)
    }

    @Test func `holds back what is due later`() async throws {
        let (sqs, url) = try await MotoMessaging().queue()
        let queue = jobs(url, sqs)
        _ = try await queue.send([job("later", delay: .seconds(899.2)), job("now")])
        let received = try await queue.receive(10, waiting: .seconds(2), hidden: .seconds(60))
        #expect(try received.map { try RunMessage($0.body).run } == ["now"])
        let figures = try await queue.inspect()
        #expect(figures.waiting == 1)
    }

    @Test func `takes a message of a FIFO queue once, and begins runs side by side`() async throws {
        let (sqs, url) = try await MotoMessaging().queue(".fifo", attributes: ["FifoQueue": "true"])
        let queue = jobs(url, sqs)
        #expect(queue.longestDelay == .zero)
        #expect(try await queue.send([job("a"), job("b")]).isEmpty)
        #expect(try await queue.send([job("a")]).isEmpty, "sent again, as by a relay that died")
        var runs: [String] = []
        while case let more = try await queue.receive(10, waiting: .zero, hidden: .seconds(60)), !more.isEmpty
        {
            runs += try more.map { try RunMessage($0.body).run }
        }
        #expect(runs.sorted() == ["a", "b"])
    }

    @Test func `that is gone is named with its region and setting`() async throws {
        let messaging = try await MotoMessaging()
        let url = "\(messaging.moto.endpoint)/123456789012/gone-\(UInt32.random(in: 0 ... .max))"
        let queue = jobs(url, try SQS(messaging.account))
        let place = JobQueuePlace(queue: url, region: "us-east-1", setting: "runs.sqs_queue_url")
        for ask in [
            { _ = try await queue.inspect() },
            { _ = try await queue.receive(1, waiting: .zero, hidden: .seconds(30)) },
            { _ = try await queue.send([job("a")]) },
        ] as [() async throws -> Void] {
            let error = await #expect(throws: JobQueueError.self) { try await ask() }
            guard case .gone(place, let reason?)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(reason.contains("AWS request id "))
            for part in [url, "us-east-1", "runs.sqs_queue_url", reason] {
                #expect("\(try #require(error))".contains(part))
            }
        }
    }

    @Test(arguments: ["QueueDoesNotExist", "InvalidAddress", "elsewhere"])
    func `keeps what AWS said of the address, with its id of the request`(what: String) {
        let place = JobQueuePlace(queue: "q", region: "us-east-1", setting: "runs.sqs_queue_url")
        let refusal = AWSError.Refusal(
            service: "sqs", operation: "SendMessage", status: 400, code: what == "elsewhere" ? "Other" : what,
            message: "m", requestID: "R-17", otherRegion: what == "elsewhere" ? "eu-west-1" : nil)
        let text = "\(SQSJobQueue.told(.refused(refusal), "sqs:SendMessage", place))"
        #expect(text.contains("AWS request id R-17") && text.contains("runs.sqs_queue_url"), "\(text)")
        #expect(what != "elsewhere" || text.contains("eu-west-1"), "\(text)")
        #expect(!text.contains(".."), "\(text)")
    }

    @Test func `that the credentials may not use names what must be allowed`() async throws {
        let (_, url) = try await MotoMessaging().queue()
        let nobody = try await MotoMessaging(user: "nobody")
        let queue = jobs(url, try SQS(nobody.account))
        for (action, ask) in [
            ("sqs:GetQueueAttributes", { _ = try await queue.inspect() }),
            ("sqs:SendMessage", { _ = try await queue.send([job("a")]) }),
            (
                "sqs:ReceiveMessage",
                { _ = try await queue.receive(1, waiting: .zero, hidden: .seconds(30)) }
            ),
        ] as [(String, () async throws -> Void)] {
            await #expect {
                try await ask()
            } throws: { error in
                guard case .denied(let place, let refused, _)? = error as? JobQueueError else { return false }
                return place.queue == url && refused == action && "\(error)".contains("runs.sqs_queue_url")
            }
        }
    }

    @Test(
        arguments: [
            ("https://sqs.eu-west-1.amazonaws.com/123456789012/runs", "eu-west-1", false),
            ("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/runs.fifo", "cn-north-1", true),
            ("https://us-east-2.queue.amazonaws.com/123456789012/runs", "us-east-2", false),
            ("https://vpce-1a2b.sqs.eu-central-1.vpce.amazonaws.com/123456789012/r", "eu-central-1", false),
            ("https://sqs-fips.us-west-2.amazonaws.com/123456789012/r", "us-west-2", false),
            ("http://127.0.0.1:5000/123456789012/r", nil, false),
        ] as [(String, String?, Bool)])
    func `has an address that tells its region`(text: String, region: String?, isFIFO: Bool) throws {
        let url = try #require(SQSQueueURL(text))
        #expect(url.region == region && url.isFIFO == isFIFO && url.text == text)
    }

    @Test(arguments: [
        "runs", "arn:aws:sqs:eu-west-1:123456789012:runs", "https://sqs.eu-west-1.amazonaws.com/",
        "https://sqs.eu-west-1.amazonaws.com/123456789012", "ftp://host/123456789012/runs",
        "https://sqs.eu-west-1.amazonaws.com/123456789012/runs/more",
        "https://sqs.eu-west-1.amazonaws.com/123456789012/runs?x=1",
        "https://user@sqs.eu-west-1.amazonaws.com/123456789012/runs",
    ]) func `has no other address`(text: String) { #expect(SQSQueueURL(text) == nil) }
}
