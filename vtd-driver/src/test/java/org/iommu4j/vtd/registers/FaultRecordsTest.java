package org.iommu4j.vtd.registers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.vtd.fake.FakeRegisters;
import org.iommu4j.vtd.fake.FakeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultRecordsTest {
    private static final int FIRST = 0x220;
    private static final long TAKEN = 1L << 63;
    private static final long READ = 1L << 62;
    private static final int PPF = 1 << 1;

    private final FakeBoard board = FakeUnit.board();
    /** NFR 2: three records. */
    private final FakeUnit unit = new FakeUnit(board, "dmar0", FakeUnit.CAP & ~(0xffL << 40) | 2L << 40,
            FakeUnit.ECAP_SCALABLE);
    private final FaultRecords records = new FaultRecords(new UnitRegisters("dmar0", unit.registers, 1),
            new Capabilities(FakeUnit.CAP & ~(0xffL << 40) | 2L << 40, FakeUnit.ECAP_SCALABLE), unit);

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void records_are_reported_from_the_index_of_the_status_around_the_end_and_cleared() {
        record(2, 0xfffff000L, TAKEN | READ | 2L << 32 | 0x400);
        record(0, 0x1000L, TAKEN | 5L << 32 | 0x0108);
        record(1, 0x9000L, READ | 6L << 32 | 0x0108); // F is 0: read before
        unit.registers.put(FakeRegisters.FSTS, 2 << 8 | PPF);

        records.drain();

        assertEquals(List.of("400 pasid -1 iova fffff000 access 1: 2 context entry not present",
                "108 pasid -1 iova 1000 access 2: 5 no write permission"), unit.faults);
        assertEquals(READ | 2L << 32 | 0x400, unit.registers.get(FIRST + 2 * 16 + 8), "F is 0, the rest stays");
        assertEquals(0, unit.registers.get(FakeRegisters.FSTS) & PPF);
    }

    @Test
    void a_pasid_an_atomic_request_and_an_overflow_are_told() {
        record(0, 0x5000L, TAKEN | READ | 1L << 28 | 0x5bL << 40 | 1L << 31 | 0x59L << 32 | 0x1234);
        unit.registers.put(FakeRegisters.FSTS, PPF | 1);

        records.drain();

        assertEquals(List.of("1234 pasid 91 iova 5000 access 3: 59 PASID entry not present", "overflow"), unit.faults);
        assertEquals(0, unit.registers.get(FakeRegisters.FSTS) & 1, "PFO is cleared: faults are recorded again");
    }

    @Test
    void without_a_pending_fault_no_record_is_read() {
        record(0, 0x5000L, TAKEN);

        records.drain();

        assertEquals(List.of(), unit.faults);
    }

    @Test
    void a_device_that_faults_without_end_does_not_hold_the_handler() {
        // PPF without F: the status never becomes quiet in this fake
        unit.registers.put(FakeRegisters.FSTS, PPF);

        records.drain();

        assertEquals(List.of("overflow"), unit.faults);
    }

    private void record(int index, long low, long high) {
        unit.registers.put(FIRST + index * 16, low);
        unit.registers.put(FIRST + index * 16 + 8, high);
    }
}
