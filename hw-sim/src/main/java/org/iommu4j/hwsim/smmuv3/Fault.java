package org.iommu4j.hwsim.smmuv3;

/**
 * Why a transaction was refused: what the event record says beside the transaction itself. Arm IHI 0070, 7.3. One a
 * device thread.
 */
final class Fault {
    static final int NONE = 0;
    static final int C_BAD_STREAMID = 0x02;
    static final int F_STE_FETCH = 0x03;
    static final int C_BAD_STE = 0x04;
    static final int F_STREAM_DISABLED = 0x06;
    static final int C_BAD_SUBSTREAMID = 0x08;
    static final int F_CD_FETCH = 0x09;
    static final int C_BAD_CD = 0x0a;
    static final int F_WALK_EABT = 0x0b;
    static final int F_TRANSLATION = 0x10;
    static final int F_ADDR_SIZE = 0x11;
    static final int F_ACCESS = 0x12;
    static final int F_PERMISSION = 0x13;

    /** The classes of operation: context descriptor, stage-1 table, input address. */
    static final int CD = 0;
    static final int TT = 1;
    static final int IN = 2;

    /** One of the above. */
    int type;
    /** S2: the second stage refused. */
    boolean second;
    /** CLASS, for faults of translation. */
    int operation;
    /** IPA, if the second stage refused. */
    long ipa;
    /** FetchAddr, for aborted fetches. */
    long fetched;
    /** TTRnW is 0: a stage-1 descriptor could not be written. */
    boolean tableWrite;

    void clear() {
        type = NONE;
        second = false;
        operation = CD;
        ipa = 0;
        fetched = 0;
        tableWrite = false;
    }

    /** A configuration error. @return false */
    boolean configuration(int kind) {
        clear();
        type = kind;
        return false;
    }

    /** A fetch of configuration that nobody answered. @return false */
    boolean fetch(int kind, long pa) {
        clear();
        type = kind;
        fetched = pa;
        return false;
    }

    /** The first stage refuses the input address. @return 0 */
    long first(int kind) {
        clear();
        type = kind;
        operation = IN;
        return 0;
    }

    /** The second stage refuses an IPA. @return 0 */
    long second(int kind, int work, long address) {
        clear();
        type = kind;
        second = true;
        operation = work;
        ipa = address;
        return 0;
    }

    /** A descriptor's fetch was aborted. @return 0 */
    long aborted(boolean ofSecond, int work, long address, long pa) {
        clear();
        type = F_WALK_EABT;
        second = ofSecond;
        operation = ofSecond ? work : TT;
        ipa = ofSecond ? address : 0;
        fetched = pa;
        return 0;
    }

    /** The four that may stall, and that CD.R and STE.S2R can silence. */
    boolean ofTranslation() {
        return type >= F_TRANSLATION;
    }
}
