package org.iommu4j.hwsim.smmuv3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every command removes what it must, and nothing more: Arm IHI 0070, 4.3, 4.4. What is stale stays. */
class InvalidationTest {
    private static final long SID = (long) SmmuBench.SID << 32;
    private static final long OLD = 0x30_0000;
    private static final long NEW = 0x60_0000;
    private static final long ASID_1 = 1L << 48;

    /** One page of ASID 1, read once, then moved without a word. */
    private static SmmuBench stale() {
        SmmuBench bench = new SmmuBench().first();
        bench.map(0x5000, OLD | SmmuBench.PAGE);
        assertEquals(OLD, bench.read(0x5000));
        bench.map(0x5000, NEW | SmmuBench.PAGE);
        assertEquals(OLD, bench.read(0x5000), "nothing is removed as a favour");
        return bench;
    }

    @ParameterizedTest
    @CsvSource({
        // word 0, word 1, whether the page of ASID 1, VMID 0 at 0x5000 is removed
        "0x10, 0, true", "0x0000000500000010, 0, false",                        // NH_ALL of VMID 0, 5
        "0x0001000000000011, 0, true", "0x0002000000000011, 0, false",          // NH_ASID 1, 2
        "0x0001000000000012, 0x5001, true", "0x0001000000000012, 0x4001, false", // NH_VA
        "0x0002000000000012, 0x5001, false", "0x0001000500000012, 0x5001, false",
        "0x0002000000000013, 0x5000, true", "0x13, 0x6000, false",              // NH_VAA
        "0x30, 0, true", "0x28, 0, true", "0x0000000500000028, 0, false",       // NSNH_ALL, S12_VMALL
        "0x2a, 0x5000, false", "0x20, 0, false", "0x0001000000000021, 0, false", // S2_IPA, EL2_*
        "0x22, 0x5000, false", "0x23, 0x5000, false",
        "0x0001000000002012, 0x4701, true", "0x0001000000000012, 0x4701, false", // ranges of 3 and 1 pages, TTL 3
        "0x0001000000002012, 0x4601, false", "0x0001000000002012, 0x4b01, false", // TTL 2; TG 16 KiB
        "0x0001000000100012, 0x4401, true", "0x0001000000100012, 0x6401, false", // SCALE 1, TTL 0
        "0x0000001000000003, 1, false", "0x0000000000000004, 31, false", "0x0000001000000005, 1, false"})
    void translationsAreRemovedByName(String word0, String word1, boolean removed) {
        try (SmmuBench bench = stale()) {
            bench.sync(Long.decode(word0), Long.decode(word1));
            assertTrue(bench.idle(), "the command is legal");
            assertEquals(removed ? NEW : OLD, bench.read(0x5000));
        }
    }

    @ParameterizedTest
    @CsvSource({"0x0001000000000011, 0, false", "0x0002000000000012, 0x5001, true", "0x13, 0x5001, true",
        "0x10, 0, true"})
    void whatIsGlobalBelongsToAllAsids(String word0, String word1, boolean removed) {
        try (SmmuBench bench = new SmmuBench().first()) {
            bench.map(0x5000, OLD | 0x443);
            assertEquals(OLD, bench.read(0x5000));
            bench.map(0x5000, NEW | 0x443);
            // Another stream with ASID 2 and no page there finds it too.
            bench.stream(0x18, SmmuBench.CONTEXTS + 64 | 0xb, 0, 0, 0);
            bench.context(1, SmmuBench.CD + ASID_1, 0x80_0000);
            assertEquals(OLD, bench.translate(0x18, Requester.NO_PASID, 0x5000, Protection.READ));
            bench.sync(Long.decode(word0), Long.decode(word1));
            assertEquals(removed ? NEW : OLD, bench.read(0x5000));
        }
    }

    @Test
    void aPageOfAnyAddressWithinABlockRemovesTheBlock() {
        try (SmmuBench bench = new SmmuBench().first()) {
            bench.map(0x20_0000, 2, 0x1000_0000L | SmmuBench.BLOCK);
            assertEquals(0x1000_0000L, bench.read(0x20_0000));
            bench.map(0x20_0000, 2, 0x1020_0000L | SmmuBench.BLOCK);
            bench.sync(0x12 | ASID_1, 0x20_0701);
            assertEquals(0x1000_0000L, bench.read(0x20_0000), "TTL 3 is not its level");
            bench.sync(0x12 | ASID_1, 0x20_5601);
            assertEquals(0x1000_0000L, bench.read(0x20_0000), "an address that is not aligned to its level");
            bench.sync(0x12 | ASID_1, 0x20_5001);
            assertEquals(0x1020_0000L, bench.read(0x20_0000), "without granule any address will do");
            bench.map(0x20_0000, 2, 0x1000_0000L | SmmuBench.BLOCK);
            bench.sync(0x12 | ASID_1, 0x20_0601);
            assertEquals(0x1000_0000L, bench.read(0x20_0000), "TTL 2");
        }
    }

    @ParameterizedTest
    @CsvSource({"0x0001000000000012, 0x5001, false", "0x0001000000000012, 0x5000, true",
        "0x0001000000000012, 0x5700, true", "0x0001000000100012, 0x4500, false", "0x0001000000000011, 0, true",
        "0x0001000000000012, 0x7000, true", "0x0001000000000012, 0x205000, false"})
    void pointersToTablesStayWhereOnlyLeavesAreNamed(String word0, String word1, boolean removed) {
        try (SmmuBench bench = new SmmuBench().first()) {
            long slot = bench.map(0x5000, OLD | SmmuBench.PAGE);
            assertEquals(OLD, bench.read(0x5000));
            // The last table moves; another page of it tells which one is used.
            bench.memory.store64(slot + 8, OLD | SmmuBench.PAGE);
            bench.memory.store64(0x70_0000 + 8 * 6, NEW | SmmuBench.PAGE);
            bench.map(0x5000, 2, 0x70_0003L);
            bench.sync(Long.decode(word0), Long.decode(word1));
            assertTrue(bench.idle());
            assertEquals(removed ? NEW : OLD, bench.read(0x6000));
        }
    }

    @ParameterizedTest
    @CsvSource({"0x0000001000000003, 1, true", "0x0000001100000003, 1, false", "0x0000001200000004, 1, true",
        "0x0000001200000004, 0, false", "0x0000000000000004, 31, true", "0x0000001000000005, 1, false",
        "0x0000001000000006, 0, false", "0x30, 0, false"})
    void streamTableEntriesAreRemovedByStream(String word0, String word1, boolean removed) {
        try (SmmuBench bench = new SmmuBench()) {
            bench.stream(SmmuBench.SID, 9);
            bench.start();
            assertEquals(0x5000, bench.read(0x5000));
            bench.stream(SmmuBench.SID, 1);
            bench.sync(Long.decode(word0), Long.decode(word1));
            assertEquals(removed ? Requester.ABORT : 0x5000, bench.read(0x5000));
        }
    }

    @ParameterizedTest
    @CsvSource({"0x0000001000000003, 1, true", "0x0000001000003005, 1, true", "0x0000001000000005, 1, false",
        "0x0000001100003005, 1, false", "0x0000001000000006, 0, true", "0x0000001100000006, 0, false",
        "0x0000001f00000004, 3, true", "0x0000002000000004, 3, false"})
    void descriptorsAreRemovedBySubstream(String word0, String word1, boolean removed) {
        try (SmmuBench bench = new SmmuBench()) {
            bench.stream(SmmuBench.SID, SmmuBench.STE_FIRST | 4L << 59, 0, 0, 0);
            bench.context(3, SmmuBench.CD, SmmuBench.ROOT);
            bench.map(0x5000, OLD | SmmuBench.PAGE);
            bench.start();
            assertEquals(OLD, bench.translate(SmmuBench.SID, 3, 0x5000, Protection.READ));
            bench.context(3, 0, 0);
            bench.sync(Long.decode(word0), Long.decode(word1));
            assertEquals(removed ? Requester.ABORT : OLD, bench.translate(SmmuBench.SID, 3, 0x5000, Protection.READ));
        }
    }

    @ParameterizedTest
    @CsvSource({"0x0000000400000003, 1, false", "0x0000000400000003, 0, true", "0x0000000000000004, 31, true"})
    void levelOneDescriptorsStayWhereOnlyTheLeafIsNamed(String word0, String word1, boolean removed) {
        try (SmmuBench bench = new SmmuBench()) {
            bench.memory.store64(SmmuBench.STREAMS, 0x60_0000 | 7);
            bench.memory.store64(0x60_0000 + 64 * 4, 9);
            bench.memory.store64(0x62_0000 + 64 * 4, 1);
            bench.start();
            bench.registers.write32(0x20, 0xc);
            bench.registers.write32(0x88, 1 << 16 | 6 << 6 | 12);
            bench.registers.write32(0x20, 0xd);
            assertEquals(0x5000, bench.translate(4, Requester.NO_PASID, 0x5000, Protection.READ));
            bench.memory.store64(SmmuBench.STREAMS, 0x62_0000 | 7);
            bench.sync(Long.decode(word0), Long.decode(word1));
            assertEquals(removed ? Requester.ABORT : 0x5000,
                    bench.translate(4, Requester.NO_PASID, 0x5000, Protection.READ));
        }
    }

    @Test
    void entriesThatAreNotValidAreCachedTooSoNewOnesAreInvalidated() {
        try (SmmuBench bench = new SmmuBench().start()) {
            assertEquals(0x04, bench.faultOfRead(0x5000));
            bench.stream(SmmuBench.SID, 9);
            assertEquals(0x04, bench.faultOfRead(0x5000));
            bench.sync(0x03 | SID, 1);
            assertEquals(0x5000, bench.read(0x5000));
        }
    }

    @ParameterizedTest
    @CsvSource({"0x000000050000002a, 0x5000, true", "0x000000060000002a, 0x5000, false",
        "0x000000050000002a, 0x6000, false", "0x0000000500000028, 0, true", "0x0000000500000010, 0, false",
        "0x30, 0, true", "0x000000050000202a, 0x4701, true", "0x000000050000202a, 0x4601, false"})
    void theSecondStageAloneIsRemovedByIpa(String word0, String word1, boolean removed) {
        try (SmmuBench bench = new SmmuBench().second()) {
            bench.mapSecond(0x5000, 3, OLD | SmmuBench.S2_PAGE);
            assertEquals(OLD, bench.read(0x5000));
            bench.mapSecond(0x5000, 3, NEW | SmmuBench.S2_PAGE);
            bench.sync(Long.decode(word0), Long.decode(word1));
            assertEquals(removed ? NEW : OLD, bench.read(0x5000));
        }
    }

    @Test
    void bothStagesCombinedStayUntilTheFirstIsRemovedToo() {
        try (SmmuBench bench = new SmmuBench().nested()) {
            bench.map(0x5000, 0x700_0000 | SmmuBench.PAGE);
            assertEquals(0x700_0000, bench.read(0x5000));
            bench.mapSecond(0x700_0000, 2, 0x3000_0000L | SmmuBench.S2_BLOCK);
            bench.sync(0x2a | 5L << 32, 0x700_0000);
            assertEquals(0x700_0000, bench.read(0x5000), "4.4.3.1: not what was combined");
            bench.sync(0x10 | 5L << 32, 0);
            assertEquals(0x3000_0000L, bench.read(0x5000));
        }
    }

    @Test
    void aBlockOfTheFirstStageOverPagesOfTheSecondGoesAsOne() {
        try (SmmuBench bench = new SmmuBench().nested()) {
            long ipa = 0x1100_0000L;
            bench.map(0x20_0000, 2, ipa | SmmuBench.BLOCK);
            bench.mapSecond(ipa + 0x3000, 3, OLD | SmmuBench.S2_PAGE);
            bench.mapSecond(ipa + 0x9000, 3, OLD + 0x1000 | SmmuBench.S2_PAGE);
            assertEquals(OLD, bench.read(0x20_3000));
            assertEquals(OLD + 0x1000, bench.read(0x20_9000));
            bench.map(0x20_0000, 2, 0x1120_0000L | SmmuBench.BLOCK);
            bench.mapSecond(0x1120_3000L, 3, NEW | SmmuBench.S2_PAGE);
            bench.mapSecond(0x1120_9000L, 3, NEW + 0x1000 | SmmuBench.S2_PAGE);
            bench.sync(0x12 | ASID_1 | 5L << 32, 0x20_0701);
            assertEquals(OLD, bench.read(0x20_3000), "TTL 3 is not the level of the first stage");
            bench.sync(0x12 | ASID_1 | 5L << 32, 0x20_0601);
            assertEquals(NEW, bench.read(0x20_3000));
            assertEquals(NEW + 0x1000, bench.read(0x20_9000));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0x20, 0, true", "0, 0x22, 0x5000, true", "0, 0x0001000000000021, 0, false", "0, 0x10, 0, false",
        "0, 0x30, 0, false", "1, 0x0001000000000021, 0, true", "1, 0x0002000000000022, 0x5000, false",
        "1, 0x23, 0x5000, true", "1, 0x0001000000000011, 0, false"})
    void streamsOfEl2HaveCommandsOfTheirOwn(int e2h, String word0, String word1, boolean removed) {
        try (SmmuBench bench = new SmmuBench()) {
            bench.registers.write32(0x2c, e2h);
            bench.registers.write64(0x80, SmmuBench.STREAMS);
            bench.registers.write32(0x88, 8);
            bench.registers.write64(0x90, SmmuBench.COMMANDS | SmmuBench.COMMANDS_LG2);
            bench.stream(SmmuBench.SID, SmmuBench.STE_FIRST, 2L << 30, 0, 0);
            bench.context(0, SmmuBench.CD, SmmuBench.ROOT);
            bench.map(0x5000, OLD | SmmuBench.PAGE);
            bench.registers.write32(0x20, 0x9);
            assertEquals(OLD, bench.read(0x5000));
            bench.map(0x5000, NEW | SmmuBench.PAGE);
            bench.sync(Long.decode(word0), Long.decode(word1));
            assertEquals(removed ? NEW : OLD, bench.read(0x5000));
        }
    }
}
