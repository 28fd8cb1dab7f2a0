import Foundation
import JSONValue
import Testing
import Workspace

@Suite struct `A message about a run` {
    @Test func `comes back as it was written`() throws {
        let message = RunMessage(run: "r-1", tenant: "ténant \"x\"")
        let body = try message.json.text()
        #expect(try RunMessage(body) == message)
    }

    @Test func `may say more than is known`() throws {
        let body = #"{"type":"millrace.run","version":1,"run":"r","tenant":"t","more":[1]}"#
        #expect(try RunMessage(body) == RunMessage(run: "r", tenant: "t"))
    }

    @Test(arguments: [
        "", "hello", "[1]", "{", "null", #"{"run":"r","tenant":"t","version":1}"#,
        #"{"type":"order.placed","version":1,"run":"r","tenant":"t"}"#,
        String(repeating: " ", count: 70_000),
    ]) func `of somebody else is foreign`(body: String) {
        #expect {
            try RunMessage(body)
        } throws: { error in
            if case .foreign? = error as? RunMessage.Fault { true } else { false }
        }
    }

    @Test(arguments: [
        #"{"type":"millrace.run"}"#, #"{"type":"millrace.run","version":"1","run":"r","tenant":"t"}"#,
        #"{"type":"millrace.run","version":0,"run":"r","tenant":"t"}"#,
        #"{"type":"millrace.run","version":1,"run":"","tenant":"t"}"#,
        #"{"type":"millrace.run","version":1,"run":7,"tenant":"t"}"#,
        #"{"type":"millrace.run","version":1,"run":"r"}"#,
    ]) func `that is not whole is malformed`(body: String) {
        #expect {
            try RunMessage(body)
        } throws: { error in
            if case .malformed? = error as? RunMessage.Fault { true } else { false }
        }
    }

    @Test func `of a newer version is left to a newer Millrace`() {
        let body = #"{"type":"millrace.run","version":2,"something":"else"}"#
        #expect(throws: RunMessage.Fault.newer(version: 2)) { try RunMessage(body) }
        #expect("\(RunMessage.Fault.newer(version: 2))".contains("version 2"))
    }
}

@Suite struct `A topic's ARN` {
    @Test(arguments: [
        ("arn:aws:sns:eu-west-1:123456789012:runs", "eu-west-1", false),
        ("arn:aws-us-gov:sns:us-gov-west-1:123456789012:Runs_of-all.fifo", "us-gov-west-1", true),
        ("arn:aws-cn:sns:cn-north-1:000000000000:r", "cn-north-1", false),
    ]) func `names its region and kind`(text: String, region: String, isFIFO: Bool) throws {
        let topic = try #require(TopicARN(text))
        #expect(topic.region == region && topic.isFIFO == isFIFO && topic.text == text)
        #expect(TopicARN.isMeant(by: text))
    }

    @Test(arguments: [
        "arn:aws:sqs:eu-west-1:123456789012:runs", "arn:aws:sns:eu-west-1:12345:runs",
        "arn:aws:sns::123456789012:runs", "arn:aws:sns:eu-west-1:123456789012:", "arn:aws:sns",
        "arn:aws:sns:eu-west-1:123456789012:runs:subscription", "arn:gcp:sns:eu-west-1:123456789012:runs",
        "arn:aws:sns:eu.evil.example/:123456789012:runs", "arn:aws:sns:eu-west-1:123456789012:a b",
        "arn:aws:sns:eu-west-1:123456789012:.fifo",
        "arn:aws:sns:eu-west-1:123456789012:"
            + String(repeating: "a", count: 257),
    ]) func `is refused in any other form`(text: String) {
        #expect(TopicARN(text) == nil)
    }
}
