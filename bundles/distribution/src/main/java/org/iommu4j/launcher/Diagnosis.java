package org.iommu4j.launcher;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** Why the container is not what it should be: bundles that do not run, components that lack something. */
final class Diagnosis {
    private final BundleContext context;
    private final List<String> findings = new ArrayList<>();

    private Diagnosis(BundleContext context) {
        this.context = context;
    }

    /** One line for each finding, each led by a line break; empty if all is well. */
    static String of(BundleContext context) {
        Diagnosis diagnosis = new Diagnosis(context);
        diagnosis.examineBundles();
        diagnosis.examineComponents();
        StringBuilder text = new StringBuilder();
        diagnosis.findings.forEach(finding -> text.append("\n  ").append(finding));
        return text.toString();
    }

    private void examineBundles() {
        for (Bundle bundle : context.getBundles()) {
            boolean fragment = bundle.getHeaders("").get("Fragment-Host") != null;
            if (bundle.getState() != Bundle.ACTIVE && !fragment) {
                findings.add("bundle " + bundle.getSymbolicName() + " does not run: " + reason(bundle));
            }
        }
    }

    private static String reason(Bundle bundle) {
        try {
            bundle.start();
            return "it started only when asked again";
        } catch (BundleException e) {
            return e.getMessage();
        }
    }

    private void examineComponents() {
        ServiceReference<ServiceComponentRuntime> reference =
                context.getServiceReference(ServiceComponentRuntime.class);
        if (reference == null) {
            findings.add("Declarative Services is not there: no component starts");
            return;
        }
        ServiceComponentRuntime components = context.getService(reference);
        for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs()) {
            Collection<ComponentConfigurationDTO> instances = components.getComponentConfigurationDTOs(component);
            if (instances.isEmpty()) {
                findings.add(lacksConfiguration(component));
            }
            instances.forEach(instance -> examine(component, instance));
        }
        context.ungetService(reference);
    }

    private void examine(ComponentDescriptionDTO component, ComponentConfigurationDTO instance) {
        if (instance.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
            findings.add("component " + component.name + " failed: " + instance.failure);
        } else if (instance.state == ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION) {
            findings.add(lacksConfiguration(component));
        }
        for (UnsatisfiedReferenceDTO missing : instance.unsatisfiedReferences) {
            findings.add("component " + component.name + " lacks a service for its reference " + missing.name
                    + (missing.target == null ? "" : " with target " + missing.target));
        }
    }

    private static String lacksConfiguration(ComponentDescriptionDTO component) {
        return "component " + component.name + " lacks configuration " + String.join(", ", component.configurationPid);
    }
}
