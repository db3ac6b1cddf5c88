package org.iommu4j.vtd.registers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CapabilitiesTest {
    /** Section 11.4.2: MGAW and SAGAW stand at bits 21:16 and 12:8. */
    private static Capabilities width(int addressBits, int sagaw) {
        return new Capabilities((long) (addressBits - 1) << 16 | sagaw << 8, 0);
    }

    @Test
    void tables_have_the_fewest_levels_that_reach_every_address() {
        assertEquals(3, width(39, 0b0110).levels());
        assertEquals(4, width(40, 0b0110).levels());
        assertEquals(4, width(48, 0b1110).levels());
        assertEquals(5, width(57, 0b1110).levels());
        assertEquals(4, width(57, 0b0110).levels(), "no more levels than there are");
        assertEquals(0, width(48, 0b10001).levels(), "2 and 6 levels are reserved");
        assertEquals(48, width(57, 0b0110).addressBits(4));
        assertEquals(39, width(39, 0b0100).addressBits(4));
        assertEquals(5, width(39, 0b1110).mostLevels());
        assertEquals(3, width(39, 0b0010).mostLevels());
    }

    @Test
    void scalable_mode_needs_a_stage_and_the_queue() {
        assertTrue(new Capabilities(0, 1L << 43 | 1L << 46 | 2).scalable());
        assertTrue(new Capabilities(0, 1L << 43 | 1L << 47 | 2).scalable(), "first stage only");
        assertFalse(new Capabilities(0, 1L << 43 | 2).scalable());
        assertFalse(new Capabilities(0, 1L << 43 | 1L << 46).scalable(), "no queue (ECAP.QI)");
        assertFalse(new Capabilities(0, 1L << 46 | 2).scalable());
    }

    @Test
    void first_stage_tables_have_5_levels_where_4_do_not_reach_and_serve_the_lower_half() {
        long fs5lp = 1L << 60; // section 11.4.2
        assertEquals(4, width(48, 0b0110).firstStageLevels());
        assertEquals(4, width(57, 0b0110).firstStageLevels(), "no more levels than there are");
        assertEquals(5, new Capabilities(width(57, 0b1110).cap() | fs5lp, 0).firstStageLevels());
        assertEquals(4, new Capabilities(width(48, 0b0110).cap() | fs5lp, 0).firstStageLevels());
        assertEquals(47, width(48, 0b0110).firstStageAddressBits(4), "3.6: the lower half of the canonical addresses");
        assertEquals(39, width(39, 0b0010).firstStageAddressBits(4), "3.6: nothing beyond MGAW");
        assertEquals(56, width(57, 0b1110).firstStageAddressBits(5));
        assertEquals(0x201000, width(48, 0).firstStagePageSizes());
        assertEquals(0x40201000, new Capabilities(1L << 56, 0).firstStagePageSizes(), "FS1GP");
    }

    @Test
    void walks_snoop_by_ECAP_C_in_legacy_and_by_SMPWCS_in_scalable_mode() {
        assertTrue(new Capabilities(0, 1).walksSnoop(false));
        assertFalse(new Capabilities(0, 1).walksSnoop(true));
        assertTrue(new Capabilities(0, 1L << 48).walksSnoop(true));
    }

    @Test
    void a_unit_that_linux_drove_is_read_as_linux_read_it() {
        Capabilities unit = new Capabilities(0xd2008c222f0606L, 0x480080f00f4aL); // golden, sm-second-stage
        assertEquals(65536, unit.domainIds());
        assertEquals(18, unit.addressMaskBits());
        assertEquals(0x220, unit.faultRecords());
        assertEquals(1, unit.faultRecordCount());
        assertTrue(unit.drainsReads() && unit.drainsWrites() && unit.queuedInvalidation() && unit.passThrough());
        assertFalse(unit.cachingMode() || unit.writeBufferFlush() || unit.coherent());
        assertTrue(unit.scalable());
    }
}
