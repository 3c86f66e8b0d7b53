package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// Objects holds the objects of one text by kind.
type Objects struct {
	All             []meta.Object
	Deployments     []*apps.Deployment
	ConfigMaps      map[string]*core.ConfigMap
	ServiceAccounts map[string]*core.ServiceAccount
	Services        []*core.Service
	Budgets         []*policy.PodDisruptionBudget
	Policies        []*networking.NetworkPolicy
	Autoscalers     []*autoscaling.HorizontalPodAutoscaler
	Monitors        []*monitoring.ServiceMonitor
}

var strict = func() runtime.Decoder {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{apps.AddToScheme, autoscaling.AddToScheme, core.AddToScheme,
		networking.AddToScheme, policy.AddToScheme, monitoring.AddToScheme} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	return serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
}()

// Decode reads the documents of a YAML text into the types of their kinds. An unknown or duplicate field is an error.
func Decode(text []byte) (*Objects, []error) {
	objects := &Objects{ConfigMaps: map[string]*core.ConfigMap{}, ServiceAccounts: map[string]*core.ServiceAccount{}}
	var faults []error
	reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return objects, faults
		}
		if err != nil {
			return objects, append(faults, err)
		}
		if object, kind, err := strict.Decode(document, nil, nil); err == nil {
			objects.add(object)
		} else if !runtime.IsMissingKind(err) || len(withoutComments(document)) > 0 {
			faults = append(faults, fmt.Errorf("%v: %w", kind, err))
		}
	}
}

func withoutComments(document []byte) []byte {
	var rest []byte
	for _, line := range bytes.Split(document, []byte("\n")) {
		line = bytes.TrimSpace(line)
		if !bytes.HasPrefix(line, []byte("#")) && !bytes.Equal(line, []byte("---")) {
			rest = append(rest, line...)
		}
	}
	return rest
}

func (o *Objects) add(object runtime.Object) {
	o.All = append(o.All, object.(meta.Object))
	switch object := object.(type) {
	case *apps.Deployment:
		o.Deployments = append(o.Deployments, object)
	case *core.ConfigMap:
		o.ConfigMaps[object.Name] = object
	case *core.ServiceAccount:
		o.ServiceAccounts[object.Name] = object
	case *core.Service:
		o.Services = append(o.Services, object)
	case *policy.PodDisruptionBudget:
		o.Budgets = append(o.Budgets, object)
	case *networking.NetworkPolicy:
		o.Policies = append(o.Policies, object)
	case *autoscaling.HorizontalPodAutoscaler:
		o.Autoscalers = append(o.Autoscalers, object)
	case *monitoring.ServiceMonitor:
		o.Monitors = append(o.Monitors, object)
	}
}
