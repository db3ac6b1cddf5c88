package org.iommu4j.vtd.registers;

import java.util.Arrays;

/** What a fault reason number means (section 7.1.3; numbers below 0x20 legacy mode, from 0x30 on scalable mode). */
final class FaultReason {
    private static final String UNKNOWN = "reserved fault reason";
    private static final String[] TEXT = new String[1 << Byte.SIZE];

    static {
        Arrays.fill(TEXT, UNKNOWN);
        legacyMode();
        interruptRemapping();
        scalableTables();
        paging();
    }

    private FaultReason() {
    }

    /** A constant. @param code 0 to 255 */
    static String text(int code) {
        return TEXT[code];
    }

    private static void legacyMode() {
        from(0x01, "root entry not present", "context entry not present", "context entry invalid",
                "address beyond the width of the table", "no write permission", "no read permission",
                "second-stage entry not accessible", "root table not accessible", "context table not accessible",
                "reserved field set in root entry", "reserved field set in context entry",
                "reserved field set in second-stage entry", "translation type of the request blocked by context entry");
    }

    private static void interruptRemapping() {
        from(0x20, "reserved field set in interrupt request", "interrupt index beyond the table",
                "interrupt entry not present", "interrupt table not accessible",
                "reserved field set in interrupt entry", "compatibility format interrupt blocked",
                "source of interrupt request not verified");
    }

    private static void scalableTables() {
        from(0x30, "root table address invalid", "request with PASID in legacy mode", "page request in legacy mode");
        from(0x38, "scalable root entry not accessible", "scalable root entry not present",
                "reserved field set in scalable root entry");
        from(0x40, "scalable context entry not accessible", "scalable context entry not present",
                "reserved field set in scalable context entry", "scalable context entry invalid",
                "device TLB not enabled in context entry", "PASID not enabled in context entry",
                "PASID beyond the directory", "page requests not enabled in context entry", "RID_PASID invalid");
        from(0x50, "PASID directory entry not accessible", "PASID directory entry not present",
                "reserved field set in PASID directory entry");
        from(0x58, "PASID entry not accessible", "PASID entry not present", "reserved field set in PASID entry",
                "PASID entry invalid", "execute requests not enabled in PASID entry",
                "supervisor requests not enabled in PASID entry");
    }

    private static void paging() {
        from(0x70, "first-stage entry not accessible", "first-stage entry not present",
                "reserved field set in first-stage entry", "first-stage root not accessible",
                "first-stage address beyond the second stage", "no second-stage read permission for first-stage root",
                "no second-stage read permission for first-stage entry",
                "no second-stage write permission for first-stage entry", "second-stage entry not accessible",
                "no second-stage permission", "reserved field set in second-stage entry",
                "second-stage root not accessible", "accessed or dirty bit of second stage needs an update");
        from(0x80, "address not canonical", "user request to supervisor page", "no execute permission",
                "address beyond the width of the unit", "address beyond the width of the second stage",
                "no write permission", "no read permission", "address in the interrupt range");
        from(0x90, "accessed or dirty bit of first stage needs an update");
    }

    private static void from(int first, String... texts) {
        System.arraycopy(texts, 0, TEXT, first, texts.length);
    }
}
