package org.iommu4j.tck.law;

import java.util.List;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.law.discovery.ADomainSaysWhatItCanMap;
import org.iommu4j.tck.law.discovery.EveryDeviceIsInOneGroup;
import org.iommu4j.tck.law.discovery.EveryGroupIsInItsDefaultDomain;
import org.iommu4j.tck.law.discovery.EveryUnitIsDriven;
import org.iommu4j.tck.law.domain.ABlockedDeviceIsReported;
import org.iommu4j.tck.law.domain.ABlockedDeviceReachesNothing;
import org.iommu4j.tck.law.domain.AnUnmapLeavesOtherDomainsAlone;
import org.iommu4j.tck.law.domain.DevicesOfOneDomainSeeTheSamePages;
import org.iommu4j.tck.law.domain.DirtyTrackingReportsWhatWasWritten;
import org.iommu4j.tck.law.domain.ReservedRegionsAreLeftAlone;
import org.iommu4j.tck.law.domain.TheSameAddressIsAnotherPageInEveryDomain;
import org.iommu4j.tck.law.fault.AFaultHasTheReasonOfItsCause;
import org.iommu4j.tck.law.fault.AFaultNamesItsDeviceItsAddressAndItsAccess;
import org.iommu4j.tck.law.fault.AFaultOfARequestWithoutPasidHasNone;
import org.iommu4j.tck.law.fault.AForbiddenAccessHasTheReasonOfItsCause;
import org.iommu4j.tck.law.fault.AForbiddenAccessIsReportedThoughThePageIsKnown;
import org.iommu4j.tck.law.fault.AReadOnlyPageRefusesWrites;
import org.iommu4j.tck.law.fault.AWriteOnlyPageRefusesReads;
import org.iommu4j.tck.law.fault.AnAddressBeyondTheDomainHasTheReasonOfItsCause;
import org.iommu4j.tck.law.fault.AnAddressBeyondTheDomainIsRefused;
import org.iommu4j.tck.law.fault.WhatIsAllowedIsNotReported;
import org.iommu4j.tck.law.handover.MappingsOutliveADriverThatGoesAndComesBack;
import org.iommu4j.tck.law.handover.NoTransferIsLostInASwap;
import org.iommu4j.tck.law.identity.AnIdentityDomainIsLeftLikeAnyOther;
import org.iommu4j.tck.law.identity.AnIdentityDomainLeavesAddressesAsTheyAre;
import org.iommu4j.tck.law.invalidation.ALargePageGivesWayToSmallOnes;
import org.iommu4j.tck.law.invalidation.ANewDomainSeesNothingOfAnOldOne;
import org.iommu4j.tck.law.invalidation.ATableThatWasFreedIsNotWalked;
import org.iommu4j.tck.law.invalidation.AnAddressThatIsMappedAnewLeadsToTheNewPage;
import org.iommu4j.tck.law.invalidation.AnAddressThatWasAbsentIsReachedOnceItIsMapped;
import org.iommu4j.tck.law.invalidation.EveryPageOfAnUnmappedRangeIsOutOfReach;
import org.iommu4j.tck.law.invalidation.NoWriteArrivesAfterAnUnmapHasReturned;
import org.iommu4j.tck.law.invalidation.WhatIsUnmappedIsOutOfReach;
import org.iommu4j.tck.law.mapping.ALargePageIsNotSplit;
import org.iommu4j.tck.law.mapping.AnUnmapStopsAtTheFirstHole;
import org.iommu4j.tck.law.mapping.RangesStraddleTablesOfEveryLevel;
import org.iommu4j.tck.law.mapping.WhatDoesNotFitIsRefused;
import org.iommu4j.tck.law.mapping.WhatIsMappedIsNotMappedAgain;
import org.iommu4j.tck.law.mapping.WhatIsMappedIsTranslated;
import org.iommu4j.tck.law.replace.ADetachGivesTheDefaultDomainBack;
import org.iommu4j.tck.law.replace.AReplaceIsInForceWhenItReturns;
import org.iommu4j.tck.law.replace.NoTransferIsLostInAReplace;
import org.iommu4j.tck.law.transfer.ATransferStraddlesPages;
import org.iommu4j.tck.law.transfer.EveryDeviceMovesDataBothWays;
import org.iommu4j.tck.law.transfer.EveryLevelOfTheTableIsWalked;
import org.iommu4j.tck.law.transfer.EveryPageSizeIsReachedToItsEnds;
import org.iommu4j.tck.law.transfer.TheDmaApiGivesReachableMemory;
import org.iommu4j.tck.law.transfer.ThePagesAtBothEndsAreReached;

/** All laws, in the order in which they are checked: what later ones build on comes first. */
public final class Laws {
    private static final List<Law> ALL = List.of(
            new EveryUnitIsDriven(),
            new EveryDeviceIsInOneGroup(),
            new EveryGroupIsInItsDefaultDomain(),
            new ADomainSaysWhatItCanMap(),
            new WhatIsMappedIsTranslated(),
            new RangesStraddleTablesOfEveryLevel(),
            new AnUnmapStopsAtTheFirstHole(),
            new WhatIsMappedIsNotMappedAgain(),
            new WhatDoesNotFitIsRefused(),
            new ALargePageIsNotSplit(),
            new EveryDeviceMovesDataBothWays(),
            new ThePagesAtBothEndsAreReached(),
            new EveryLevelOfTheTableIsWalked(),
            new EveryPageSizeIsReachedToItsEnds(),
            new ATransferStraddlesPages(),
            new TheDmaApiGivesReachableMemory(),
            new AFaultNamesItsDeviceItsAddressAndItsAccess(),
            new AFaultOfARequestWithoutPasidHasNone(),
            new AFaultHasTheReasonOfItsCause(),
            new AReadOnlyPageRefusesWrites(),
            new AWriteOnlyPageRefusesReads(),
            new AForbiddenAccessIsReportedThoughThePageIsKnown(),
            new AForbiddenAccessHasTheReasonOfItsCause(),
            new AnAddressBeyondTheDomainIsRefused(),
            new AnAddressBeyondTheDomainHasTheReasonOfItsCause(),
            new WhatIsAllowedIsNotReported(),
            new WhatIsUnmappedIsOutOfReach(),
            new EveryPageOfAnUnmappedRangeIsOutOfReach(),
            new AnAddressThatIsMappedAnewLeadsToTheNewPage(),
            new AnAddressThatWasAbsentIsReachedOnceItIsMapped(),
            new ATableThatWasFreedIsNotWalked(),
            new ALargePageGivesWayToSmallOnes(),
            new ANewDomainSeesNothingOfAnOldOne(),
            new NoWriteArrivesAfterAnUnmapHasReturned(),
            new TheSameAddressIsAnotherPageInEveryDomain(),
            new DevicesOfOneDomainSeeTheSamePages(),
            new AnUnmapLeavesOtherDomainsAlone(),
            new ABlockedDeviceReachesNothing(),
            new ABlockedDeviceIsReported(),
            new ReservedRegionsAreLeftAlone(),
            new DirtyTrackingReportsWhatWasWritten(),
            new AReplaceIsInForceWhenItReturns(),
            new NoTransferIsLostInAReplace(),
            new ADetachGivesTheDefaultDomainBack(),
            new MappingsOutliveADriverThatGoesAndComesBack(),
            new NoTransferIsLostInASwap(),
            new AnIdentityDomainLeavesAddressesAsTheyAre(),
            new AnIdentityDomainIsLeftLikeAnyOther());

    private Laws() {
    }

    /** Without state, the same every time. */
    public static List<Law> all() {
        return ALL;
    }
}
