package org.iommu4j.hwsim.vtd;

/**
 * Reasons that a fault recording register can hold. VT-d specification 7.1.3; each constant cites the condition's name
 * there: L for legacy, S for scalable mode. Where two conditions share a reason the constant stands for both.
 */
final class FaultReason {
    /** No fault. */
    static final int NONE = 0;

    /** LRT.2: root entry not present. */
    static final int ROOT_NOT_PRESENT = 0x01;
    /** LCT.2: context entry not present. */
    static final int CONTEXT_NOT_PRESENT = 0x02;
    /** LCT.4: context entry programmed in a way that the unit does not support. */
    static final int CONTEXT_INVALID = 0x03;
    /** LGN.1: address beyond the width of the domain, or of the unit. */
    static final int BEYOND_WIDTH = 0x04;
    /** LGN.2: no permission to write. */
    static final int NO_WRITE = 0x05;
    /** LGN.3: no permission to read. */
    static final int NO_READ = 0x06;
    /** LSS.1: a paging entry cannot be fetched. */
    static final int PAGING_ACCESS = 0x07;
    /** LRT.1: the root entry cannot be fetched. */
    static final int ROOT_ACCESS = 0x08;
    /** LCT.1: the context entry cannot be fetched. */
    static final int CONTEXT_ACCESS = 0x09;
    /** LRT.3: reserved bits in a root entry. */
    static final int ROOT_RESERVED = 0x0a;
    /** LCT.3: reserved bits in a context entry. */
    static final int CONTEXT_RESERVED = 0x0b;
    /** LSS.2: reserved bits in a paging entry. */
    static final int PAGING_RESERVED = 0x0c;
    /** LGN.4: address in the interrupt range. */
    static final int INTERRUPT_RANGE = 0x0e;

    /** RTA.1: RTADDR_REG programmed in a way that the unit does not support. */
    static final int ROOT_POINTER_INVALID = 0x30;
    /** RTA.2: a request with PASID while the table mode is legacy. */
    static final int LEGACY_PASID = 0x31;
    /** SRT.1. */
    static final int S_ROOT_ACCESS = 0x38;
    /** SRT.2. */
    static final int S_ROOT_NOT_PRESENT = 0x39;
    /** SRT.3. */
    static final int S_ROOT_RESERVED = 0x3a;
    /** SCT.1. */
    static final int S_CONTEXT_ACCESS = 0x40;
    /** SCT.2. */
    static final int S_CONTEXT_NOT_PRESENT = 0x41;
    /** SCT.3. */
    static final int S_CONTEXT_RESERVED = 0x42;
    /** SCT.6: a request with PASID, PASIDE is clear. */
    static final int S_PASID_DISABLED = 0x45;
    /** SCT.7: the PASID is beyond the directory. */
    static final int S_PASID_BEYOND = 0x46;
    /** SCT.9: RID_PASID is beyond the directory. */
    static final int S_RID_PASID_BEYOND = 0x48;
    /** SPD.1. */
    static final int S_DIRECTORY_ACCESS = 0x50;
    /** SPD.2. */
    static final int S_DIRECTORY_NOT_PRESENT = 0x51;
    /** SPD.3. */
    static final int S_DIRECTORY_RESERVED = 0x52;
    /** SPT.1. */
    static final int S_PASID_ACCESS = 0x58;
    /** SPT.2. */
    static final int S_PASID_NOT_PRESENT = 0x59;
    /** SPT.3. */
    static final int S_PASID_RESERVED = 0x5a;
    /** SPT.4: PASID entry programmed in a way that the unit does not support. */
    static final int S_PASID_INVALID = 0x5b;
    /** SPT.6: a supervisor's request, SRE is clear. */
    static final int S_SUPERVISOR = 0x5d;
    /** SFS.1: a first-stage entry below the root table cannot be fetched. */
    static final int S_FIRST_ACCESS = 0x70;
    /** SFS.2: a first-stage entry is not present. */
    static final int S_FIRST_NOT_PRESENT = 0x71;
    /** SFS.3: reserved bits in a first-stage entry. */
    static final int S_FIRST_RESERVED = 0x72;
    /** SFS.4: an entry of the first stage's root table cannot be fetched. */
    static final int S_FIRST_ROOT_ACCESS = 0x73;
    /** SSS.1: a second-stage entry below the root table cannot be fetched. */
    static final int S_PAGING_ACCESS = 0x78;
    /** SSS.2: a second-stage entry allows nothing. */
    static final int S_PAGING_NOT_PRESENT = 0x79;
    /** SSS.3: reserved bits in a second-stage entry. */
    static final int S_PAGING_RESERVED = 0x7a;
    /** SSS.4: an entry of the second stage's root table cannot be fetched. */
    static final int S_PAGING_ROOT_ACCESS = 0x7b;
    /** SSS.5: a second-stage entry needs its accessed or dirty bit, and is read without snooping. */
    static final int S_PAGING_NO_SNOOP = 0x7c;
    /** SGN.1: the address of a first stage is not canonical. */
    static final int S_NOT_CANONICAL = 0x80;
    /** SGN.2: a user's request to a supervisor's page. */
    static final int S_USER = 0x81;
    /** SGN.4: pass-through address beyond the machine's width. */
    static final int S_BEYOND_MACHINE = 0x83;
    /** SGN.5: address beyond the width of the second stage. */
    static final int S_BEYOND_WIDTH = 0x84;
    /** SGN.6: no permission to write. */
    static final int S_NO_WRITE = 0x85;
    /** SGN.7: no permission to read. */
    static final int S_NO_READ = 0x86;
    /** SGN.8: address in the interrupt range. */
    static final int S_INTERRUPT_RANGE = 0x87;
    /** SFS.9: a first-stage entry needs its accessed or dirty bit, and is read without snooping. */
    static final int S_FIRST_NO_SNOOP = 0x90;

    private FaultReason() {
    }
}
