package main

import (
	"fmt"
	"strconv"
	"strings"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// CheckReferences checks that names, selectors and ports refer to something that exists.
func CheckReferences(objects *Objects) []error {
	if len(objects.Deployments) != 1 {
		return []error{fmt.Errorf("there are %d Deployments", len(objects.Deployments))}
	}
	r := &references{objects: objects, deployment: objects.Deployments[0]}
	r.pod()
	r.selectors()
	r.ports()
	r.addresses()
	r.monitors()
	return r.faults
}

type references struct {
	objects    *Objects
	deployment *apps.Deployment
	faults     []error
}

func (r *references) expect(holds bool, format string, words ...any) {
	if !holds {
		r.faults = append(r.faults, fmt.Errorf(format, words...))
	}
}

func (r *references) pod() {
	pod := r.deployment.Spec.Template.Spec
	account := pod.ServiceAccountName
	r.expect(len(r.objects.ServiceAccounts) == 0 || r.objects.ServiceAccounts[account] != nil, "no ServiceAccount %q", account)
	volumes := map[string]bool{}
	for _, volume := range pod.Volumes {
		volumes[volume.Name] = true
		if source := volume.ConfigMap; source != nil {
			r.expect(r.objects.ConfigMaps[source.Name] != nil, "no ConfigMap %q", source.Name)
		}
	}
	for _, container := range pod.Containers {
		r.expect(len(container.EnvFrom) == 0, "container %q has an environment that is not in the pod template", container.Name)
		for _, mount := range container.VolumeMounts {
			r.expect(volumes[mount.Name], "no volume %q", mount.Name)
		}
	}
	for _, autoscaler := range r.objects.Autoscalers {
		target := autoscaler.Spec.ScaleTargetRef
		r.expect(target.Kind == "Deployment" && target.Name == r.deployment.Name, "the autoscaler's target is %v", target)
	}
}

// Every selector must match the pods.
func (r *references) selectors() {
	chosen := labels.Set(r.deployment.Spec.Template.Labels)
	chooses := func(what string, selector *meta.LabelSelector) {
		parsed, err := meta.LabelSelectorAsSelector(selector)
		r.expect(err == nil && !parsed.Empty() && parsed.Matches(chosen), "%s does not choose the pods", what)
	}
	chooses("the Deployment", r.deployment.Spec.Selector)
	for _, service := range r.objects.Services {
		chooses("Service "+service.Name, &meta.LabelSelector{MatchLabels: service.Spec.Selector})
	}
	for _, budget := range r.objects.Budgets {
		chooses("the PodDisruptionBudget", budget.Spec.Selector)
	}
	for _, policy := range r.objects.Policies {
		chooses("the NetworkPolicy", &policy.Spec.PodSelector)
	}
	for _, constraint := range r.deployment.Spec.Template.Spec.TopologySpreadConstraints {
		chooses("the spread over "+constraint.TopologyKey, constraint.LabelSelector)
	}
}

func (r *references) ports() {
	known := map[string]bool{}
	var probes []*core.Probe
	for _, container := range r.deployment.Spec.Template.Spec.Containers {
		for _, port := range container.Ports {
			known[port.Name] = true
		}
		probes = append(probes, container.StartupProbe, container.LivenessProbe, container.ReadinessProbe)
	}
	expect := func(what string, port intstr.IntOrString) {
		r.expect(known[port.String()], "%s wants port %q, which the pods lack", what, port.String())
	}
	for _, probe := range probes {
		if probe == nil || probe.HTTPGet == nil {
			r.expect(false, "a probe by HTTP is missing")
			continue
		}
		expect("a probe", probe.HTTPGet.Port)
	}
	for _, service := range r.objects.Services {
		for _, port := range service.Spec.Ports {
			expect("Service "+service.Name, port.TargetPort)
		}
	}
	for _, policy := range r.objects.Policies {
		for _, rule := range policy.Spec.Ingress {
			for _, port := range rule.Ports {
				expect("the NetworkPolicy", *port.Port)
			}
		}
	}
}

// The named ports must be those on which the gateway listens. A loopback address must have no named port.
func (r *references) addresses() {
	environment := environmentOf(r.deployment)
	declared := map[string]string{}
	for _, container := range r.deployment.Spec.Template.Spec.Containers {
		for _, port := range container.Ports {
			declared[port.Name] = strconv.Itoa(int(port.ContainerPort))
		}
	}
	for name, flag := range map[string]string{"ws": "LISTEN", "control": "CONTROL_LISTEN", "admin": "ADMIN_LISTEN"} {
		address := environment["DRAWBRIDGE_"+flag]
		want := address[strings.LastIndex(address, ":")+1:]
		if strings.HasPrefix(address, "127.") {
			want = ""
		}
		r.expect(declared[name] == want, "the gateway's %s is %q, and port %s of the pods is %q", flag, address, name, declared[name])
	}
}

// A ServiceMonitor must match a Service that has its port.
func (r *references) monitors() {
	for _, monitor := range r.objects.Monitors {
		selector, err := meta.LabelSelectorAsSelector(&monitor.Spec.Selector)
		r.expect(err == nil, "ServiceMonitor: %v", err)
		chosen := 0
		for _, service := range r.objects.Services {
			if err != nil || !selector.Matches(labels.Set(service.Labels)) {
				continue
			}
			chosen++
			for _, endpoint := range monitor.Spec.Endpoints {
				r.expect(hasPort(service, endpoint.Port), "Service %s lacks the port %q that the ServiceMonitor wants", service.Name, endpoint.Port)
			}
		}
		r.expect(chosen == 1, "the ServiceMonitor chooses %d Services", chosen)
	}
}

func hasPort(service *core.Service, name string) bool {
	for _, port := range service.Spec.Ports {
		if port.Name == name {
			return true
		}
	}
	return false
}
