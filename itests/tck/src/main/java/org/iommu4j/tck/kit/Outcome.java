package org.iommu4j.tck.kit;

/**
 * What came of one law.
 *
 * @param law its name
 * @param room what it is about
 * @param demands its text
 * @param remark what was looked at when it failed, what the machine lacks, or why it may deviate; else empty
 * @param expected only if it did not hold
 * @param got likewise
 * @param section of the specification, for a declared deviation; else empty
 * @param nanos how long it took
 */
public record Outcome(String law, String room, String demands, Verdict verdict, String remark, String expected,
        String got, String section, long nanos) {
    static Outcome of(Law law, Verdict verdict, String remark, String expected, String got, String section) {
        return new Outcome(law.name(), law.room(), law.demands(), verdict, remark, expected, got, section, 0);
    }

    Outcome took(long time) {
        return new Outcome(law, room, demands, verdict, remark, expected, got, section, time);
    }

    /** One line for people: the law, the verdict, and why. */
    public String line() {
        String why = switch (verdict) {
            case PASSED -> "";
            case NOT_APPLICABLE -> ": " + remark;
            case FAILED -> ": " + remark + ": expected " + expected + ", got " + got;
            case DEVIATES -> ": " + remark + " (" + section + ")";
            case UNDEVIATING -> ": it holds, though a deviation is declared: " + remark;
        };
        return law + ": " + verdict.text() + why;
    }
}
