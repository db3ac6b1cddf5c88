package org.iommu4j.vtd.registers;

import org.iommu4j.api.Protection;
import org.iommu4j.api.fault.FaultSink;
import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Fault Recording Register, 128 bits (section 11.4.7.5).
 * <pre>
 *          63 62 61 60 59                40 39  32 31  30  29   28  27  16 15           0
 *         +--+--+-----+--------------------+------+--+----+----+--+-------+--------------+
 * word 1  |F |T1| AT  |         PV         |  FR  |PP| EXE|PRIV|T2|   0   |     SID      |
 *         +--+--+-----+--------------------+------+--+----+----+--+-------+--------------+
 *          63                                                   12 11                   0
 *         +-------------------------------------------------------+----------------------+
 * word 0  |                          FI                           |          0           |
 *         +-------------------------------------------------------+----------------------+
 * </pre>
 * T1 and T2 tell the request: 0 0 write, 1 0 read, 0 1 page request, 1 1 atomic operation.
 */
public final class FaultRecord {
    private static final Field FI = Field.address("FI", 0, 63, 12);
    private static final Field SID = Field.bits("SID", 1, 15, 0);
    private static final Field T2 = Field.bit("T2", 1, 28);
    private static final Field PP = Field.bit("PP", 1, 31);
    private static final Field FR = Field.bits("FR", 1, 39, 32);
    private static final Field PV = Field.bits("PV", 1, 59, 40);
    private static final Field T1 = Field.bit("T1", 1, 62);
    private static final Field F = Field.bit("F", 1, 63);
    /** FRCD_REG. */
    public static final Layout LAYOUT = Layout.of("Fault Recording Register", 2, FI, SID, T2, Field.bit("PRIV", 1, 29),
            Field.bit("EXE", 1, 30), PP, FR, PV, Field.bits("AT", 1, 61, 60), T1, F);

    /** Size of a record, and offset of its second word, in bytes. */
    static final int BYTES = 16;
    static final int HIGH = 8;
    /** Written to the second word, gives the record back to hardware. */
    static final long CLEAR = F.mask();

    private FaultRecord() {
    }

    static boolean isTaken(long high) {
        return F.in(high);
    }

    static void report(long low, long high, FaultSink sink) {
        int pasid = PP.in(high) ? (int) PV.of(high) : FaultSink.NO_PASID;
        int code = (int) FR.of(high);
        sink.fault((int) SID.of(high), pasid, FI.of(low), access(high), code, FaultReason.text(code));
    }

    private static int access(long high) {
        if (T2.in(high)) {
            return Protection.READ | Protection.WRITE;
        }
        return T1.in(high) ? Protection.READ : Protection.WRITE;
    }
}
