import Foundation
import Testing

@testable import Server

@Suite struct `What a caller says of its trace` {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let span = "00f067aa0ba902b7"

    @Test func `is read from traceparent and tracestate`() throws {
        let parent = try #require(
            TraceParent(traceparent: "00-\(Self.trace)-\(Self.span)-01", tracestate: "vendor=1,b=2"))
        #expect(parent.trace.description == Self.trace)
        #expect(parent.span?.description == Self.span)
        #expect(parent.isSampled == true)
        #expect(parent.state == "vendor=1,b=2")
        let not = TraceParent(traceparent: "00-\(Self.trace)-\(Self.span)-00", tracestate: nil)
        #expect(not?.isSampled == false)
    }

    @Test func `may be of a later version, that says more`() {
        #expect(TraceParent(traceparent: "01-\(Self.trace)-\(Self.span)-01-more", tracestate: nil) != nil)
    }

    @Test(arguments: [
        "", "00", "00-\(trace)-\(span)", "00-\(trace)-\(span)-01-more", "ff-\(trace)-\(span)-01",
        "00-\(trace.uppercased())-\(span)-01", "00-\(String(repeating: "0", count: 32))-\(span)-01",
        "00-\(trace)-\(String(repeating: "0", count: 16))-01", "00-\(trace.dropLast())-\(span)-01",
        "00-\(trace)-\(span)-0", "00-\(trace)-\(span)-zz", "é0-\(trace)-\(span)-01",
        "00-\(trace)x-\(span)-01",
    ])
    func `counts as nothing where it is not as the standard has it`(header: String) {
        #expect(TraceParent(traceparent: header, tracestate: nil) == nil)
    }

    @Test(arguments: ["", String(repeating: "a", count: 513), "a=1\r\nX-Evil: 1", "a=é"])
    func `is read without a state that may not be sent on`(state: String) throws {
        let parent = try #require(
            TraceParent(traceparent: "00-\(Self.trace)-\(Self.span)-01", tracestate: state))
        #expect(parent.state == nil)
    }

    @Test func `is read from AWS X-Ray's header, with or without a parent`() throws {
        let whole = try #require(
            TraceParent(
                xRay: "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"))
        #expect(whole.trace.description == "5759e988bd862e3fe1be46a994272793")
        #expect(whole.span?.description == "53995c3f42cd8ad8")
        #expect(whole.isSampled == true)
        let root = try #require(TraceParent(xRay: "Self=x; Root=1-5759e988-bd862e3fe1be46a994272793"))
        #expect(root.span == nil)
        #expect(root.isSampled == nil)
    }

    @Test(arguments: [
        "", "Root=", "Root=1-5759e988", "Root=2-5759e988-bd862e3fe1be46a994272793", "Parent=53995c3f42cd8ad8",
        "Root=1-5759E988-bd862e3fe1be46a994272793", String(repeating: ";", count: 600),
    ])
    func `counts as nothing where X-Ray's header names no trace`(header: String) {
        #expect(TraceParent(xRay: header) == nil)
    }

    @Test func `is written as both headers have it`() throws {
        let trace = try #require(TraceID(written: Self.trace[...]))
        let place = SpanPlace(
            trace: trace, span: try #require(SpanID(written: Self.span[...])), isSampled: true, state: nil)
        #expect(place.traceparent == "00-\(Self.trace)-\(Self.span)-03")
        #expect(
            place.xRay == "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=\(Self.span);Sampled=1")
        #expect(TraceParent(traceparent: place.traceparent, tracestate: nil)?.trace == trace)
        #expect(TraceParent(xRay: place.xRay)?.trace == trace)
    }

    @Test func `names a trace by the second it began in`() {
        let trace = TraceID.fresh(second: 0x6543_2100) { 0xABCD_EF01_2345_6789 }
        #expect(trace.description == "65432100" + "23456789" + "abcdef0123456789")
        #expect(TraceID.fresh(second: 0) { 0 }.description != String(repeating: "0", count: 32))
    }
}
